import { useState } from "preact/hooks";
import { api } from "./api.ts";
import type { Key } from "./api.ts";
import { attempt } from "./attempt.ts";

/** Moves a key to another team, or to none. */
export function KeyTeam({ item, done }: { item: Key; done: (changed: boolean) => void }) {
  const [team, setTeam] = useState(item.team ?? "");
  const submit = async (event: Event) => {
    event.preventDefault();
    if (await attempt(() => api.assignKey(item.id, team.trim() || null))) done(true);
  };
  return (
    <form class="make" onSubmit={submit}>
      <label>Team of {item.name}<input maxLength={200} autocomplete="off" value={team} onInput={(event) => setTeam(event.currentTarget.value)} /></label>
      <p class="hint">Calls from now on are on this team's account; those before stay where they are. Empty is none.</p>
      <p class="buttons">
        <button class="primary">Save</button>
        <button type="button" onClick={() => done(false)}>Cancel</button>
      </p>
    </form>
  );
}
