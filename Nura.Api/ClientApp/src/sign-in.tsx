import { useEffect, useState } from "preact/hooks";
import { api } from "./api.ts";
import { attempt, notice } from "./attempt.ts";
import { route } from "./state.ts";
import { askAgain, recognize, wrongKey } from "./who.ts";

export function SignIn() {
  // Unknown for a moment; null is none, and what is shown if the server does not tell.
  const [provider, setProvider] = useState<string | null>();
  useEffect(() => {
    void api.provider().then(({ provider: name }) => setProvider(name ?? null), () => setProvider(null));
  }, []);
  return (
    <main class="sign-in">
      <h1>Nura</h1>
      <p>Ask your repositories. Every answer is cited to the line.</p>
      {provider && <p><a class="primary" href={`/signin?to=${encodeURIComponent(route.value)}${askAgain.value ? "&again=true" : ""}`}>Sign in with {provider}</a></p>}
      {provider && <details><summary>Sign in with an API key</summary><WithKey /></details>}
      {provider === null && <WithKey />}
      {notice.value && <p class="notice" role="alert">{notice.value}</p>}
      {provider === null && <p class="hint">The terminal that runs the AppHost shows the key, and a link that signs you in.</p>}
    </main>
  );
}

function WithKey() {
  const [key, setKey] = useState("");
  const submit = async (event: Event) => {
    event.preventDefault();
    if (await attempt(() => api.signIn(key.trim()))) await recognize();
    else notice.value ??= wrongKey;
  };
  return (
    <form onSubmit={submit}>
      <label for="key">API key</label>
      <input id="key" type="password" autocomplete="current-password" required value={key} onInput={(event) => setKey(event.currentTarget.value)} />
      <button class="primary">Sign in</button>
    </form>
  );
}
