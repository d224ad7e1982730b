import { useEffect, useState } from "preact/hooks";
import { api } from "./api.ts";
import type { Key, NewKey } from "./api.ts";
import { attempt } from "./attempt.ts";
import { KeyDates } from "./key-dates.tsx";
import { KeyOnce } from "./key-once.tsx";
import { announcement } from "./state.ts";

/** The keys that people make for their own tools. */
export function OwnKeys() {
  const [list, setList] = useState<Key[] | "failed">();
  const [made, setMade] = useState<NewKey>();
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const load = async () => setList(await attempt(api.ownKeys) ?? "failed");

  useEffect(() => {
    void load();
    // A browser may keep a page that is left, to go back to it.
    const forget = () => setMade(undefined);
    addEventListener("pagehide", forget);
    return () => removeEventListener("pagehide", forget);
  }, []);

  const make = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const key = await attempt(() => api.makeOwnKey(name.trim()));
    setBusy(false);
    if (!key) return;
    setMade(key);
    setName("");
    await load();
  };
  const revoke = async (key: Key) => {
    if (!confirm(`Revoke "${key.name}" (${key.prefix}…)? What uses it is refused from then on, and it cannot be taken back.`)) return;
    if (!await attempt(() => api.revokeOwnKey(key.id))) return;
    announcement.value = `"${key.name}" is revoked.`;
    document.getElementById("main")!.focus();
    await load();
  };
  return (
    <div class="page">
      <h1>My keys</h1>
      <p>For your coding tools and scripts. They see what you see, their calls are on your account, and they rest when you have not signed in for a while.</p>
      {made
        ? <KeyOnce made={made} done={() => { setMade(undefined); document.getElementById("main")!.focus(); }} />
        : (
          <form class="make" onSubmit={make}>
            <label>Name<input required maxLength={200} placeholder="what for, such as a tool or a machine" autocomplete="off" value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
            <button class="primary" disabled={busy}>Make key</button>
          </form>
        )}
      {list === undefined && <p role="status">Loading…</p>}
      {list === "failed" && <p>The keys could not be read. <button type="button" onClick={load}>Try again</button></p>}
      {list?.length === 0 && <p class="hint">None yet.</p>}
      {Array.isArray(list) && (
        <ul class="cards">
          {list.toReversed().map((key) => (
            <li key={key.id} class={key.revokedAt ? "revoked" : undefined}>
              <h2>{key.name} {key.revokedAt && <span class="state failed">revoked</span>}</h2>
              <KeyDates item={{ ...key, owner: undefined }} />
              {!key.revokedAt && <p class="buttons"><button type="button" onClick={() => revoke(key)}>Revoke<span class="visually-hidden"> {key.name}</span></button></p>}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
