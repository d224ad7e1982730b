import { useEffect, useState } from "preact/hooks";
import { api } from "./api.ts";
import type { FileIssue, Progress, Repository } from "./api.ts";
import { attempt, look } from "./attempt.ts";

const atWork = new Set(["queued", "fetching", "indexing"]);

export function Repositories() {
  const [list, setList] = useState<Repository[]>();
  const load = async () => {
    const read = await look(api.repositories);
    if (read) setList(read);
  };
  const busy = list?.some((repository) => atWork.has(repository.state)) ?? true;

  useEffect(() => {
    void load();
    const timer = setInterval(load, busy ? 1000 : 10_000);
    return () => clearInterval(timer);
  }, [busy]);

  return (
    <div class="page">
      <h1>Repositories</h1>
      <AddForm added={load} />
      {!list && <p role="status">Loading…</p>}
      {list?.length === 0 && <p class="hint">None yet. Add one above; it becomes searchable as soon as it is indexed.</p>}
      <ul class="cards">{list?.map((repository) => <Item key={repository.id} repository={repository} changed={load} />)}</ul>
    </div>
  );
}

function AddForm({ added }: { added: () => Promise<void> }) {
  const [source, setSource] = useState("");
  const [ref, setRef] = useState("");
  const [adding, setAdding] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (adding) return;
    setAdding(true);
    const taken = await attempt(() => api.addRepository(source.trim(), undefined, ref.trim() || undefined));
    setAdding(false);
    if (!taken) return;
    setSource("");
    setRef("");
    await added();
  };
  return (
    <form class="add" onSubmit={submit}>
      <label>Git URL or local path<input required value={source} placeholder="https://example.com/team/app.git" onInput={(event) => setSource(event.currentTarget.value)} /></label>
      <label>Branch or tag (optional)<input value={ref} onInput={(event) => setRef(event.currentTarget.value)} /></label>
      <button class="primary" disabled={adding}>{adding ? "Adding…" : "Add"}</button>
    </form>
  );
}

function Item({ repository, changed }: { repository: Repository; changed: () => Promise<void> }) {
  const [issues, setIssues] = useState<FileIssue[]>();
  const { progress } = repository;
  const act = (action: () => Promise<unknown>) => attempt(action).then(changed);
  return (
    <li>
      <h2>{repository.name} <span class={`state ${repository.state}`}>{repository.state}</span></h2>
      <p class="hint">{repository.source}{repository.ref ? ` · ${repository.ref}` : ""}{repository.commit ? ` · ${repository.commit.slice(0, 12)}` : ""}</p>
      {progress && atWork.has(repository.state) && <How state={repository.state} progress={progress} name={repository.name} />}
      {repository.error && <p class="notice">{repository.error}</p>}
      <p class="hint">{repository.files} files, {repository.chunks} pieces{progress ? `, ${progress.filesSkipped} files left out, ${progress.filesFailed} failed` : ""}</p>
      <p class="buttons">
        {atWork.has(repository.state)
          ? <button type="button" onClick={() => act(() => api.steer(repository.id, "pause"))}>Pause</button>
          : repository.state === "paused"
            ? <button type="button" onClick={() => act(() => api.steer(repository.id, "resume"))}>Resume</button>
            : <button type="button" onClick={() => act(() => api.reindex(repository.id))}>Index again</button>}
        {(atWork.has(repository.state) || repository.state === "paused") && <button type="button" onClick={() => act(() => api.steer(repository.id, "cancel"))}>Cancel</button>}
        <button type="button" aria-expanded={issues !== undefined} onClick={async () => setIssues(issues ? undefined : await attempt(() => api.issues(repository.id)))}>
          Left out
        </button>
        <button type="button" onClick={() => { if (confirm(`Remove ${repository.name} and its index? The source itself is not touched.`)) void act(() => api.removeRepository(repository.id)); }}>Remove</button>
      </p>
      {issues && (
        <table>
          <thead><tr><th scope="col">File</th><th scope="col">Why</th></tr></thead>
          <tbody>{issues.map((issue) => <tr key={issue.path} class={issue.failed ? "failed" : undefined}><td>{issue.path}</td><td>{issue.reason}</td></tr>)}</tbody>
        </table>
      )}
      {issues?.length === 0 && <p class="hint">Every file is in the index, with all that it holds.</p>}
    </li>
  );
}

/** How far a run is. Before its files are known there is nothing to count but what is fetched. */
function How({ state, progress, name }: { state: string; progress: Progress; name: string }) {
  switch (state) {
    case "queued": return <p><progress aria-label={`${name} waits`} /> waits for its turn</p>;
    case "fetching": return <p><progress max={100} value={progress.fetchedPercent} aria-label={`Fetching ${name}`} /> fetching{progress.fetchedPercent !== undefined && `, ${Math.floor(progress.fetchedPercent)} %`}</p>;
    default: return (
      <p>
        <progress max={progress.filesTotal || 1} value={progress.filesDone} aria-label={`Indexing ${name}`} />{" "}
        {progress.filesDone} of {progress.filesTotal} files
        {progress.filesPerSecond > 0 && `, ${Math.round(progress.filesPerSecond)} a second`}
        {progress.etaSeconds !== undefined && `, about ${Math.ceil(progress.etaSeconds)} s to go`}
      </p>
    );
  }
}
