import { useState } from "preact/hooks";
import { api } from "./api.ts";
import { attempt, notice, recognize, wrongKey } from "./state.ts";

export function SignIn() {
  const [key, setKey] = useState("");
  const submit = async (event: Event) => {
    event.preventDefault();
    if (await attempt(() => api.signIn(key.trim()))) await recognize();
    else notice.value ??= wrongKey;
  };
  return (
    <main class="sign-in">
      <h1>Nura</h1>
      <p>Ask your repositories. Every answer is cited to the line.</p>
      <form onSubmit={submit}>
        <label for="key">API key</label>
        <input id="key" type="password" autocomplete="current-password" required value={key} onInput={(event) => setKey(event.currentTarget.value)} />
        <button class="primary">Sign in</button>
      </form>
      {notice.value && <p class="notice" role="alert">{notice.value}</p>}
      <p class="hint">The terminal that runs the AppHost shows the key, and a link that signs you in.</p>
    </main>
  );
}
