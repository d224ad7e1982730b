import { useEffect, useState } from "preact/hooks";
import { api, pageOfActivity } from "./api.ts";
import type { AuditEntry } from "./api.ts";
import { attempt } from "./attempt.ts";
import { download } from "./download.ts";
import { when } from "./when.ts";

const words: Record<string, string> = {
  "session.begun": "signed in",
  "membership.lost": "was no member any more",
  "key.made": "made a key",
  "key.limited": "said what may be seen by",
  "key.assigned": "said the team of",
  "key.revoked": "revoked",
  "key.restored": "let a person in again",
  "own-key.made": "made a key of their own",
  "own-key.revoked": "revoked a key of their own",
  "repository.added": "added a repository",
  "repository.removed": "removed a repository",
  "repository.indexed": "had a repository indexed",
  "repository.paused": "paused indexing",
  "repository.resumed": "resumed indexing",
  "repository.cancelled": "cancelled indexing",
  "repository.ref-added": "added a ref",
  "repository.webhook-made": "made a webhook",
  "document.uploaded": "uploaded a document",
  "document.removed": "removed a document",
  "conversation.shared": "shared a conversation",
  "conversation.unshared": "stopped sharing a conversation",
  "answers.forgotten": "had kept answers forgotten",
};

/** Who changed what, the latest first. */
export function Activity() {
  const [entries, setEntries] = useState<AuditEntry[]>();
  const [state, setState] = useState<"loading" | "failed" | "more" | "all">("loading");

  const load = async (known: AuditEntry[]) => {
    setState("loading");
    const got = await attempt(() => api.activity(known.at(-1)?.id));
    setState(!got ? "failed" : got.length < pageOfActivity ? "all" : "more");
    if (!got) return;
    setEntries([...known, ...got]);
    // The button that was pressed is gone, and the focus would be with it.
    if (known.length > 0 && got.length < pageOfActivity) document.getElementById("main")!.focus();
  };
  useEffect(() => { void load([]); }, []);

  return (
    <div class="page">
      <h1>Activity</h1>
      <p class="hint">Who signed in, and who changed what for others. Questions and answers are not in it.</p>
      {entries?.length === 0 && <p>Nothing yet.</p>}
      {entries && entries.length > 0 && <Trail entries={entries} />}
      {state === "loading" && <p role="status">Loading…</p>}
      {state === "failed" && <p>It could not be read. <button type="button" onClick={() => load(entries ?? [])}>Try again</button></p>}
      {entries && entries.length > 0 && (
        <p class="buttons">
          {(state === "more" || state === "loading") && <button type="button" onClick={() => { if (state === "more") void load(entries); }}>Show older ones</button>}
          <button type="button" onClick={() => download(api.activityCsv, "activity.csv")}>Download all as CSV</button>
        </p>
      )}
    </div>
  );
}

const Trail = ({ entries }: { entries: AuditEntry[] }) => (
  <div class="scroll" tabIndex={0} role="region" aria-label="Activity">
    <table>
      <thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">Which</th></tr></thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.id}>
            <td class="when"><time dateTime={entry.at}>{when(entry.at)}</time></td>
            <td title={entry.actorId}>{entry.actor}</td>
            <td>{words[entry.action] ?? entry.action}</td>
            <td title={entry.subject}>{entry.name ?? entry.subject}{entry.detail && <span class="hint"> {entry.detail}</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
