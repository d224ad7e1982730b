import { useEffect, useRef } from "preact/hooks";
import { Answer } from "./answer.tsx";
import { agent, agents, choose, chooseModel, conversations, listing, loadAgents, model, models } from "./lists.ts";
import { ReaderHead } from "./reader-head.tsx";
import { Share } from "./share.tsx";
import { Link } from "./sidebar.tsx";
import { ask, conversationId, draft, exchanges, follow, opened, opening, rate, route, stop, working, write } from "./state.ts";

const examples = ["What does this project do, and where does it start?", "Where is the configuration read?", "How are errors handled?"];

export function Chat() {
  const end = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const stay = useRef(true);
  const busy = exchanges.value.find(working);
  const conversation = opened.value;
  const reading = conversation?.sharedBy !== undefined;
  // Until it is known whose conversation it is, only the list tells: a field to ask in must not come and go.
  const asks = !reading && (opening.value !== "loading" || conversations.value.some(({ id }) => id === conversationId(route.value)));

  useEffect(() => {
    const near = () => { stay.current = innerHeight + scrollY >= document.body.scrollHeight - 120; };
    addEventListener("scroll", near, { passive: true });
    return () => removeEventListener("scroll", near);
  }, []);
  // A reader begins at the beginning.
  useEffect(() => { stay.current = !reading; }, [reading]);
  // Follows the answer only while the reader is at its end: text being read is never pulled away.
  useEffect(() => { if (stay.current) end.current?.scrollIntoView({ block: "end" }); }, [exchanges.value]);

  const put = (question: string) => {
    // The second click of a double click may come before the page shows what the first one did.
    if (exchanges.value.some(working)) return;
    // Whoever asks wants to see what comes of it, wherever the page was scrolled to.
    stay.current = true;
    // The button that was pressed is disabled or gone in a moment, and the focus would be with it.
    field.current?.focus();
    void ask(question);
  };

  // What was asked and answered stays as it was: the question is written anew behind it.
  const edit = (question: string) => {
    const written = draft.value.trim();
    if (written && written !== question && !confirm("Replace what you have written with this question?")) return;
    write(question);
    field.current?.focus();
  };

  return (
    <div class="chat">
      {reading ? <ReaderHead conversation={conversation} /> : (
        <div class="head">
          <h1 class="visually-hidden">Conversation</h1>
          {conversation && <Share key={conversation.id} conversation={conversation} />}
        </div>
      )}
      {exchanges.value.length === 0 && route.value === "/" && (
        <div class="welcome">
          <p class="title">What do you want to know?</p>
          <ul>{examples.map((text) => <li key={text}><button type="button" onClick={() => put(text)}>{text}</button></li>)}</ul>
        </div>
      )}
      <div role="log" aria-busy={busy !== undefined} aria-live="off" aria-label="Questions and answers">
        {opening.value === "loading" && <p class="hint" role="status">Loading…</p>}
        {opening.value === "failed" && <p class="hint">This conversation is not here yet. <button type="button" class="quiet" onClick={() => follow(route.value)}>Load it again</button></p>}
        {opening.value === "gone" && <p class="hint">This conversation is gone: it was deleted, or belongs to another key and is not shared with you. Go on with a <Link path="/">new question</Link>.</p>}
        {exchanges.value.map((exchange, at) => <Answer key={at} exchange={exchange} busy={busy !== undefined} actions={reading ? undefined : { retry: () => put(exchange.question), edit: () => edit(exchange.question), rate: (good) => rate(at, good) }} />)}
      </div>
      {asks && <Composer field={field} busy={busy !== undefined} stopping={busy?.stopping ?? false} waits={opening.value !== undefined} put={put} stop={stop} />}
      <div ref={end} />
    </div>
  );
}

function Composer({ field, busy, stopping, waits, put, stop }: {
  field: preact.RefObject<HTMLTextAreaElement | null>; busy: boolean; stopping: boolean; waits: boolean; put: (question: string) => void; stop: () => void;
}) {
  const text = draft.value;
  const halt = (event: MouseEvent) => {
    // The second click of a double click on Ask, whose place this button has taken.
    if (event.detail > 1) return;
    field.current?.focus();
    stop();
  };
  const submit = (event?: Event) => {
    event?.preventDefault();
    const question = text.trim();
    if (!question || busy || waits) return;
    put(question);
  };
  const onKey = (event: KeyboardEvent) => {
    // Keys that pick a word of an input method are not meant for the page; Safari tells them by their code alone.
    if (event.isComposing || event.keyCode === 229) return;
    // On a screen to be touched Enter is the only way to a new line; the button sends.
    const sends = event.ctrlKey || event.metaKey || (!event.shiftKey && !matchMedia("(pointer: coarse)").matches);
    if (event.key === "Enter" && sends) submit(event);
    if (event.key === "Escape" && busy) stop();
  };
  useEffect(() => { field.current?.focus(); }, [route.value]);
  useEffect(() => {
    const box = field.current!;
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 240)}px`;
  }, [text]);

  return (
    <form class="composer" onSubmit={submit}>
      <label class="visually-hidden" for="question">Question</label>
      <textarea id="question" ref={field} rows={1} placeholder="Ask about your code" value={text} onInput={(event) => write(event.currentTarget.value)} onKeyDown={onKey} />
      <div class="composer-bar">
        <label for="agent" class="visually-hidden">Agent</label>
        <select id="agent" value={agent.value} onChange={(event) => choose(event.currentTarget.value)}>
          {agents.value.map((known) => <option key={known.name} value={known.name} title={known.description}>{known.name}</option>)}
        </select>
        {models.value.length > 0 && (
          <>
            <label for="model" class="visually-hidden">Model</label>
            <select id="model" value={model.value} onChange={(event) => chooseModel(event.currentTarget.value)}>
              <option value="">auto (Nura chooses)</option>
              {models.value.map(({ id }) => <option key={id} value={id}>{id}</option>)}
            </select>
          </>
        )}
        {listing.value.agents === "failed" && <button type="button" class="quiet" onClick={loadAgents}>Load the agents again</button>}
        <span class="hint keys">{busy ? "Escape stops the answer" : "Enter sends, Shift+Enter breaks the line"}</span>
        {busy
          ? <button type="button" class="primary" disabled={stopping} onClick={halt}>{stopping ? "Stopping…" : "Stop"}</button>
          : <button class="primary" disabled={waits || !text.trim()}>Ask</button>}
      </div>
    </form>
  );
}
