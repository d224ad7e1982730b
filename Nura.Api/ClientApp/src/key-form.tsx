import { useState } from "preact/hooks";
import { api } from "./api.ts";
import type { NewKey, Repository } from "./api.ts";
import { attempt } from "./attempt.ts";
import { RepositoryChoice } from "./repository-choice.tsx";

export function KeyForm({ repositories, made }: { repositories: Repository[] | undefined; made: (key: NewKey) => void }) {
  const [name, setName] = useState("");
  const [team, setTeam] = useState("");
  const [admin, setAdmin] = useState(false);
  const [chosen, setChosen] = useState<string[] | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const key = await attempt(() => api.makeKey({ name: name.trim(), admin, repositories: admin ? undefined : chosen ?? undefined, team: team.trim() || undefined }));
    setBusy(false);
    if (key) made(key);
  };
  return (
    <form class="make" onSubmit={submit}>
      <label>Name<input required maxLength={200} placeholder="whose it is or what for" autocomplete="off" value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
      <label>Team<input maxLength={200} placeholder="for usage and budgets; may be empty" autocomplete="off" value={team} onInput={(event) => setTeam(event.currentTarget.value)} /></label>
      <label class="box"><input type="checkbox" checked={admin} onChange={(event) => setAdmin(event.currentTarget.checked)} />Administrator</label>
      {admin
        ? <p class="hint">An administrator's key sees every repository and the usage, and manages keys. It cannot be limited.</p>
        : <RepositoryChoice legend="What it may see" repositories={repositories ?? []} chosen={chosen} choose={setChosen} />}
      <button class="primary" disabled={busy}>Make key</button>
    </form>
  );
}
