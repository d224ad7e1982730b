import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "./api.ts";
import type { Key, NewKey, Repository } from "./api.ts";
import { attempt } from "./attempt.ts";
import { KeyDates } from "./key-dates.tsx";
import { KeyForm } from "./key-form.tsx";
import { KeyOnce } from "./key-once.tsx";
import { KeyTeam } from "./key-team.tsx";
import { RepositoryChoice } from "./repository-choice.tsx";
import { announcement } from "./state.ts";

export function Keys() {
  const [list, setList] = useState<Key[] | "failed">();
  const [repositories, setRepositories] = useState<Repository[]>();
  const [made, setMade] = useState<NewKey>();
  const load = async () => setList(await attempt(api.keys) ?? "failed");

  useEffect(() => {
    void load();
    // Apart from the keys: they can be revoked while the index is away.
    void attempt(api.repositories).then(setRepositories);
    // A browser may keep a page that is left, to go back to it.
    const forget = () => setMade(undefined);
    addEventListener("pagehide", forget);
    return () => removeEventListener("pagehide", forget);
  }, []);

  return (
    <div class="page">
      <h1>Keys</h1>
      {made
        ? <KeyOnce made={made} done={() => { setMade(undefined); document.getElementById("main")!.focus(); }} />
        : <KeyForm repositories={repositories} made={(key) => { setMade(key); void load(); }} />}
      {list === undefined && <p role="status">Loading…</p>}
      {list === "failed" && <p>The keys could not be read. <button type="button" onClick={load}>Try again</button></p>}
      {list?.length === 0 && <p class="hint">None yet but the first key, which stands in the configuration.</p>}
      {Array.isArray(list) && <ul class="cards">{list.toReversed().map((key) => <Item key={key.id} item={key} repositories={repositories} changed={load} />)}</ul>}
    </div>
  );
}

function Item({ item, repositories, changed }: { item: Key; repositories: Repository[] | undefined; changed: () => Promise<void> }) {
  const [chosen, setChosen] = useState<string[] | null>();
  const [moves, setMoves] = useState(false);
  const card = useRef<HTMLLIElement>(null);
  // The button that had the focus goes away: a keyboard goes on from here, not from the top.
  const close = () => {
    setChosen(undefined);
    setMoves(false);
    card.current?.focus();
  };
  const revoke = async () => {
    if (!confirm(item.issuer
      ? `Shut "${item.name}" out? They and their keys are refused from then on, until you let them in again.`
      : `Revoke "${item.name}" (${item.prefix}…)? Whoever uses it is refused from then on, and it cannot be taken back.`)) return;
    if (!await attempt(() => api.revokeKey(item.id))) return;
    announcement.value = item.issuer ? `"${item.name}" is shut out.` : `"${item.name}" is revoked.`;
    close();
    await changed();
  };
  const restore = async () => {
    if (!await attempt(() => api.restorePerson(item.id))) return;
    announcement.value = `"${item.name}" may sign in again.`;
    close();
    await changed();
  };
  const limit = async (event: Event) => {
    event.preventDefault();
    if (!await attempt(() => api.limitKey(item.id, chosen!))) return;
    announcement.value = `What "${item.name}" may see is changed.`;
    close();
    await changed();
  };
  // What was removed meanwhile cannot be chosen again.
  const begin = () => setChosen(item.repositories?.filter((id) => repositories?.some((known) => known.id === id)) ?? null);
  return (
    <li ref={card} tabIndex={-1} class={item.revokedAt ? "revoked" : undefined}>
      <h2>
        {item.name} {item.issuer && <span class="state">person</span>} {item.admin && <span class="state">administrator</span>}
        {item.revokedAt && <span class="state failed">{item.issuer ? "shut out" : "revoked"}</span>}
      </h2>
      <KeyDates item={item} />
      {!item.revokedAt && (
        <>
          <p>May see {sight(item, repositories)}. {item.team ? `Team ${item.team}.` : "No team."}</p>
          <p class="buttons">
            {!item.admin && !item.owner && repositories && (
              <button type="button" aria-expanded={chosen !== undefined} onClick={() => (chosen === undefined ? begin() : setChosen(undefined))}>
                Change repositories<span class="visually-hidden"> of {item.name}</span>
              </button>
            )}
            {!item.owner && <button type="button" aria-expanded={moves} onClick={() => setMoves(!moves)}>Change team<span class="visually-hidden"> of {item.name}</span></button>}
            <button type="button" onClick={revoke}>{item.issuer ? "Shut out" : "Revoke"}<span class="visually-hidden"> {item.name}</span></button>
          </p>
        </>
      )}
      {item.issuer && item.revokedAt && <p class="buttons"><button type="button" onClick={restore}>Let in again<span class="visually-hidden"> {item.name}</span></button></p>}
      {moves && <KeyTeam item={item} done={async (saved) => { close(); if (saved) { announcement.value = `The team of "${item.name}" is changed.`; await changed(); } }} />}
      {chosen !== undefined && repositories && (
        <form onSubmit={limit}>
          <RepositoryChoice legend={`What ${item.name} may see`} repositories={repositories} chosen={chosen} choose={setChosen} />
          <p class="buttons">
            <button class="primary">Save</button>
            <button type="button" onClick={close}>Cancel</button>
          </p>
        </form>
      )}
    </li>
  );
}

function sight({ repositories: ids }: Key, known: Repository[] | undefined): string {
  if (!ids) return "every repository";
  if (ids.length === 0) return "no repository";
  if (!known) return ids.length === 1 ? "one repository" : `${ids.length} repositories`;
  const names = known.filter((repository) => ids.includes(repository.id)).map((repository) => repository.name);
  const gone = ids.length - names.length;
  return [...names, ...(gone > 0 ? [`${gone} that ${gone === 1 ? "is" : "are"} removed`] : [])].join(", ");
}
