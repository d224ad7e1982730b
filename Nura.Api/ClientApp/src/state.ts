import { signal } from "@preact/signals";
import { api, runEvents } from "./api.ts";
import type { Citation, Conversation, Message, RunEvent } from "./api.ts";
import { attempt, missing, reason, session } from "./attempt.ts";
import { agent, conversations, model } from "./lists.ts";

/** A question and what the agent has answered so far. */
export interface Exchange {
  question: string;
  runId?: string;
  text: string;
  steps: { name: string; summary: string; elapsedMs: number }[];
  sources: { citation: Citation; text: string }[];
  /** Withheld is what may draw on repositories that the reader of a shared conversation may not see. */
  state: "asking" | "answering" | "completed" | "failed" | "stopped" | "withheld";
  stopping?: boolean;
  error?: { title: string; detail?: string };
  /** The model that was to answer; another one may have had to. */
  chosen?: string;
  done?: Extract<RunEvent, { type: "done" }>;
  /** What its owner said of the answer, once the server has it. */
  good?: boolean;
}

export const route = signal(location.pathname);
export const exchanges = signal<Exchange[]>([]);
/** The conversation on the page; undefined is a new one, and one that is not there yet. */
export const opened = signal<Conversation | undefined>(undefined);
export const openSource = signal<string | undefined>(undefined);
/** How far the conversation of the address is from being on the page: not there is not empty, so nothing can be asked in it until it is. */
export const opening = signal<"loading" | "failed" | "gone" | undefined>(undefined);
/** One sentence for a screen reader; changed once an answer, never per token. */
export const announcement = signal("");
/** What is written but not asked yet; each conversation has its own. */
export const draft = signal("");

let watching = new AbortController();
/** Where Stop was pressed before the run was known: it is sent once it is, even if the conversation is left meanwhile. */
const stopSoon = new WeakSet<AbortSignal>();
/** The conversation on the page: undefined is a new one, null one that could not be loaded, and "" is before the first. */
let shown: string | null | undefined = "";

export function go(path: string): void {
  if (path !== location.pathname) history.pushState(null, "", path);
  // A first question that was not taken is on the page of new questions, which is where it is already.
  else if (path === "/" && !exchanges.value.some(working)) void open(undefined);
  route.value = path;
}

/** Shows what a citation cites. The browser's way back leads from there to the answer: on a phone it covers the page. */
export function showSource(written: string): void {
  history[history.state?.source ? "replaceState" : "pushState"]({ source: written }, "");
  openSource.value = written;
}

export function hideSource(): void {
  openSource.value = undefined;
  if (history.state?.source) history.back();
}

export const conversationId = (path: string): string | undefined => /^\/c\/([0-9a-f-]+)$/.exec(path)?.[1];

/** Takes the conversation off the page, and what is written out of the browser. */
export function leave(): void {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith(draftOf())) sessionStorage.removeItem(name);
  void open(undefined);
}

const draftOf = (conversation = ""): string => `nura.draft.${conversation}`;

/** Keeps what is written in a conversation, the one of the address unless told. A reload does not lose it. */
export function write(text: string, conversation = conversationId(route.value)): void {
  sessionStorage.setItem(draftOf(conversation), text);
  if (conversation === conversationId(route.value)) draft.value = text;
}

/** Shows the conversation of an address, unless it is the one on the page. */
export function follow(path: string): void {
  const id = conversationId(path);
  if (id !== shown) void open(id);
}

/** Shows a conversation: every answer is replayed from its run's log, and one still being written goes on live. */
async function open(id: string | undefined): Promise<void> {
  shown = id;
  draft.value = sessionStorage.getItem(draftOf(id)) ?? "";
  watching.abort();
  watching = new AbortController();
  openSource.value = undefined;
  exchanges.value = [];
  opened.value = undefined;
  announcement.value = "";
  opening.value = id ? "loading" : undefined;
  if (!id) return;
  const { signal } = watching;
  const read = await attempt(() => Promise.all([api.conversation(id), api.turns(id)]).catch((error) => { if (missing(error)) return "gone" as const; throw error; }));
  if (signal.aborted) return;
  if (!read || read === "gone") {
    opening.value = read ?? "failed";
    shown = null;
    return;
  }
  const [conversation, turns] = read;
  opening.value = undefined;
  opened.value = conversation;
  exchanges.value = turns.map(({ question, runId, good }) => ({ ...empty(question), runId, good, state: runId ? "answering" : "withheld" }));
  await Promise.all(turns.map(async ({ runId }, at) => { if (runId) await watch(at, runId, signal); }));
}

/** Lets everybody here read the conversation on the page, or nobody else any more. */
export async function share({ id }: Conversation, shared: boolean): Promise<boolean> {
  if (!await attempt(() => api.share(id, shared))) return false;
  const told = <T extends Conversation | undefined>(known: T): T => (known?.id === id ? { ...known, shared } : known);
  opened.value = told(opened.value);
  conversations.value = conversations.value.map(told);
  announcement.value = shared ? "The conversation is shared." : "The conversation is not shared any more.";
  return true;
}

/** Says of an answer of the conversation on the page whether it was good; undefined takes that back. */
export async function rate(at: number, good: boolean | undefined): Promise<void> {
  const { signal } = watching;
  const [conversation, runId] = [opened.value, exchanges.value[at]?.runId];
  if (conversation && runId && await attempt(() => api.rate(conversation.id, runId, good ?? null))) update(at, (past) => ({ ...past, good }), signal);
}

export async function ask(question: string): Promise<void> {
  const { signal } = watching;
  const begunAt = route.value;
  if (draft.value.trim() === question) write("");
  let id = conversationId(route.value);
  // A question without an answer stays out: many models take nothing but user and assistant in turn.
  const messages: Message[] = exchanges.value.filter((past) => past.text.trim() !== "").flatMap((past): Message[] => [
    { role: "user", content: past.question },
    { role: "assistant", content: past.text },
  ]);
  const at = exchanges.value.length;
  exchanges.value = [...exchanges.value, empty(question)];
  announcement.value = "";
  let taken = false;
  try {
    if (!id) {
      const created = await api.create(titleOf(question));
      id = created.id;
      conversations.value = [created, ...conversations.value];
      if (!signal.aborted && route.value === begunAt) {
        // It is on the page already: loading it again would drop the stream. What is written meanwhile goes along.
        shown = id;
        opened.value = created;
        const next = draft.value;
        write("");
        go(`/c/${id}`);
        write(next);
      } else if (!signal.aborted) {
        // Left meanwhile, for another page: it is among the conversations.
        void open(undefined);
      }
    }
    const turn = await api.ask(id, agent.value, model.value || undefined, question, [...messages, { role: "user", content: question }]);
    taken = true;
    update(at, (past) => ({ ...past, runId: turn.runId }), signal);
    if (stopSoon.delete(signal)) void sendStop(at, turn.runId, signal);
    await watch(at, turn.runId, signal);
    if (!signal.aborted) announcement.value = endings[exchanges.value[at]!.state] ?? "";
  } catch (error) {
    stopSoon.delete(signal);
    // The server does not have it: it must not go with the page, nor what was written since. Who signed out leaves nothing behind.
    if (!taken && !sessionStorage.getItem(draftOf(id))?.trim() && session.value === "in") write(question, id);
    update(at, (past) => ({ ...past, state: "failed", error: { title: reason(error) ?? "The session has ended." } }), signal);
  }
}

/** A failure is an alert of its own. */
const endings: Partial<Record<Exchange["state"], string>> = { completed: "The answer is complete.", stopped: "The answer was stopped." };

/** Cut between characters, not within one. */
function titleOf(question: string): string {
  const characters = Array.from(question);
  return characters.length > 80 ? `${characters.slice(0, 79).join("")}…` : question;
}

export const working = (exchange: Exchange): boolean => exchange.state === "asking" || exchange.state === "answering";

/** Stops the answer that is being written. */
export async function stop(): Promise<void> {
  const { signal } = watching;
  const at = exchanges.value.findIndex(working);
  const exchange = exchanges.value[at];
  if (!exchange || exchange.stopping) return;
  update(at, (past) => ({ ...past, stopping: true }), signal);
  if (exchange.runId) await sendStop(at, exchange.runId, signal);
  else stopSoon.add(signal);
}

async function sendStop(at: number, runId: string, signal: AbortSignal): Promise<void> {
  // What did not arrive may be asked for again.
  if (!await attempt(() => api.stop(runId))) update(at, (past) => ({ ...past, stopping: false }), signal);
}

const empty = (question: string): Exchange => ({ question, text: "", steps: [], sources: [], state: "asking" });

function update(at: number, change: (past: Exchange) => Exchange, signal: AbortSignal): void {
  if (!signal.aborted) exchanges.value = exchanges.value.map((past, index) => (index === at ? change(past) : past));
}

async function watch(at: number, runId: string, signal: AbortSignal): Promise<void> {
  let pending: RunEvent[] = [];
  let frame = 0;
  const flush = () => {
    frame = 0;
    const events = pending;
    pending = [];
    update(at, (past) => events.reduce(apply, past), signal);
  };
  try {
    for await (const event of runEvents(runId, signal)) {
      pending.push(event);
      // One rendering a frame at most, however fast tokens come; a hidden page has no frames, so it gets a timer.
      frame ||= document.hidden ? window.setTimeout(flush, 250) : requestAnimationFrame(flush);
    }
  } catch (error) {
    pending.push(missing(error)
      ? { type: "error", title: "This answer is no longer kept.", detail: opened.value?.sharedBy === undefined ? "Its question can be asked again." : "Or it is not shared with you any more.", status: 404 }
      : { type: "error", title: reason(error) ?? "The session has ended.", status: 0 });
  }
  flush();
}

function apply(past: Exchange, event: RunEvent): Exchange {
  switch (event.type) {
    case "token": return { ...past, state: "answering", text: past.text + event.text };
    case "route": return { ...past, chosen: event.chosen };
    case "tool": return { ...past, state: "answering", steps: [...past.steps, event] };
    case "citation": return { ...past, sources: [...past.sources, event] };
    case "error": return { ...past, state: "failed", error: event };
    case "done": return { ...past, state: event.state as Exchange["state"], done: event };
    // A newer server may tell more than this page knows.
    default: return past;
  }
}
