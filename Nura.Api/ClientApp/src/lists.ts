import { signal } from "@preact/signals";
import { api, pageOfConversations } from "./api.ts";
import type { Agent, Conversation, Model } from "./api.ts";
import { attempt } from "./attempt.ts";

type Listing = "loading" | "failed" | "there";

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

export function choose(name: string): void {
  agent.value = name;
  localStorage.setItem("nura.agent", name);
}

export function chooseModel(id: string): void {
  model.value = id;
  localStorage.setItem("nura.model", id);
}
