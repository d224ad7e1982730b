import { signal } from "@preact/signals";
import { ApiError, api, pageOfConversations, runEvents } from "./api.ts";
import type { Agent, Citation, Conversation, Message, Model, RunEvent } from "./api.ts";

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

type Listing = "loading" | "failed" | "there";

/** Away is when the server does not tell: that is no reason to ask for the key again. */
export const session = signal<"unknown" | "in" | "out" | "away">("unknown");
/** Whether the session's key is an administrator's. The server decides what it may do; this decides what is offered. */
export const admin = signal(false);
/** Who is signed in with the identity provider; undefined for the holder of a key. */
export const person = signal<string | undefined>(undefined);
export const route = signal(location.pathname);
/** Whether the identity provider is to ask who it is, though it knows: after a sign-out, and when it was somebody who may not. */
export const askAgain = signal(false);
/** What a sign-in with a wrong key is told. */
export const wrongKey = "That key is not valid. The AppHost prints the right one when Nura is up.";
export const agents = signal<Agent[]>([]);
export const agent = signal(localStorage.getItem("nura.agent") ?? "nura");
/** What can be chosen from: none where there are nothing but quotations, which nobody prefers to an answer. */
export const models = signal<Model[]>([]);
/** Empty where Nura chooses. */
export const model = signal(localStorage.getItem("nura.model") ?? "");
export const conversations = signal<Conversation[]>([]);
/** Whether there may be more than are listed. */
export const olderConversations = signal(false);
/** How far each list is from being on the page: not there is not empty. */
export const listing = signal<{ agents: Listing; conversations: Listing }>({ agents: "loading", conversations: "loading" });
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
export const notice = signal<string | undefined>(undefined);

let watching = new AbortController();
/** Where Stop was pressed before the run was known: it is sent once it is, even if the conversation is left meanwhile. */
const stopSoon = new WeakSet<AbortSignal>();
/** The conversation on the page: undefined is a new one, null one that could not be loaded, and "" is before the first. */
let shown: string | null | undefined = "";
/** The key that is signed in, by its identity: several may have the same name. */
let holder: string | undefined;
/** What looking again by itself last failed with. */
let unseen: string | undefined;

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

/** Runs an action of the user; what goes wrong is shown, and an ended session leads back to the sign-in. */
export async function attempt<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    notice.value = undefined;
    return await action();
  } catch (error) {
    notice.value = reason(error) ?? notice.value;
    return undefined;
  }
}

/** Looks at something again without being asked to: what an action of the user is told stays, and a failure goes away by itself when looking works again. */
export async function look<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    const result = await read();
    if (notice.value === unseen) notice.value = undefined;
    unseen = undefined;
    return result;
  } catch (error) {
    unseen = reason(error);
    notice.value ??= unseen;
    return undefined;
  }
}

const missing = (error: unknown): boolean => error instanceof ApiError && error.status === 404;

/** Why something failed, in words; an ended session is none, but leads back to the sign-in. */
export function reason(error: unknown): string | undefined {
  if (error instanceof ApiError && error.status === 401) {
    session.value = "out";
    return undefined;
  }
  return error instanceof Error ? error.message : String(error);
}

/** What a sign-in with the identity provider came to; the address has only a word, for anybody can write a link. */
const signInProblems: Record<string, string> = {
  refused: "The identity provider did not let you in. Try again, or ask an administrator.",
  expired: "The sign-in took too long, or was begun in another browser. Try again.",
  provider: "The identity provider does not answer as it should. Try again in a moment; Nura's log says what happened.",
  member: "You are not among those who may use Nura here. Ask an administrator.",
  revoked: "An administrator has shut you out of Nura.",
};

export async function start(): Promise<void> {
  // The link printed at start carries the key behind '#': browsers never send that part to a server.
  const behind = new URLSearchParams(location.hash.slice(1));
  const problem = signInProblems[behind.get("signin") ?? ""];
  if (problem) {
    history.replaceState(null, "", location.pathname);
    askAgain.value = true;
    await recognize();
    notice.value ??= problem;
    return;
  }
  const key = behind.get("key");
  if (!key) return recognize();
  history.replaceState(null, "", location.pathname);
  // In a tab that is signed in already, what the new key sees is read anew.
  session.value = "unknown";
  const [holding, offered] = await Promise.all([api.session(), api.session(key)].map((known) => known.catch(() => undefined)));
  // Anybody can send a link, and what is asked from then on would be kept for the link's key.
  if (holding && offered && holding.id !== offered.id && !confirm(`This link signs you in with the key "${offered.name}" instead of "${holding.name}". Go on?`)) return recognize();
  const valid = await attempt(() => api.signIn(key));
  const why = notice.value ?? wrongKey;
  await recognize();
  if (!valid) notice.value ??= why;
}

/** Asks the server who is signed in. */
export async function recognize(): Promise<void> {
  const known = await attempt(() => api.session());
  if (!known) {
    if (session.value !== "out") session.value = "away";
    return;
  }
  // An ended session is mostly taken up again by the same person, whose question must not be lost. A reload knows no holder yet.
  if (holder && known.id !== holder) forget();
  holder = known.id;
  admin.value = known.admin;
  person.value = known.person ? known.name : undefined;
  session.value = "in";
}

/** Takes off the page, and out of the browser, what another key may not see. */
export function forget(): void {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith(draftOf())) sessionStorage.removeItem(name);
  void open(undefined);
  conversations.value = [];
  olderConversations.value = false;
}

/** Each by itself: what one service cannot tell does not keep back what another can. */
export async function loadLists(): Promise<void> {
  await Promise.all([loadAgents(), loadConversations()]);
}

export async function loadAgents(): Promise<void> {
  const got = await list("agents", () => Promise.all([api.agents(), api.models()]));
  if (!got) return;
  const [known, callable] = got;
  agents.value = known;
  models.value = callable.filter(({ provider }) => provider !== "offline");
  if (!models.value.some(({ id }) => id === model.value)) model.value = "";
  if (!known.some(({ name }) => name === agent.value) && known[0]) agent.value = known[0].name;
}

export async function loadConversations(): Promise<void> {
  const kept = await list("conversations", () => api.conversations());
  if (!kept) return;
  // One that was begun while the list was under way is not in it.
  conversations.value = [...conversations.value.filter((begun) => !kept.some((other) => other.id === begun.id)), ...kept];
  olderConversations.value = kept.length === pageOfConversations;
}

export async function loadOlderConversations(): Promise<void> {
  const older = await list("conversations", () => api.conversations(conversations.value.at(-1)?.updatedAt));
  if (!older) return;
  conversations.value = [...conversations.value, ...older];
  olderConversations.value = older.length === pageOfConversations;
}

async function list<T>(name: keyof typeof listing.value, read: () => Promise<T>): Promise<T | undefined> {
  // Who calls this may be an effect, which must not be run again by it.
  const tell = (how: Listing) => { listing.value = { ...listing.peek(), [name]: how }; };
  tell("loading");
  const got = await attempt(read);
  tell(got ? "there" : "failed");
  return got;
}

const draftOf = (conversation = ""): string => `nura.draft.${conversation}`;

/** Keeps what is written in a conversation, the one of the address unless told. A reload does not lose it. */
export function write(text: string, conversation = conversationId(route.value)): void {
  sessionStorage.setItem(draftOf(conversation), text);
  if (conversation === conversationId(route.value)) draft.value = text;
}

export function choose(name: string): void {
  agent.value = name;
  localStorage.setItem("nura.agent", name);
}

export function chooseModel(id: string): void {
  model.value = id;
  localStorage.setItem("nura.model", id);
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
