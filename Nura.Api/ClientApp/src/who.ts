import { signal } from "@preact/signals";
import { api } from "./api.ts";
import { attempt, notice, session } from "./attempt.ts";
import { conversations, olderConversations } from "./lists.ts";
import { leave } from "./state.ts";

/** Whether the session's key is an administrator's. The server decides what it may do; this decides what is offered. */
export const admin = signal(false);
/** Who is signed in with the identity provider; undefined for the holder of a key. */
export const person = signal<string | undefined>(undefined);
/** Whether the identity provider is to ask who it is, though it knows: after a sign-out, and when it was somebody who may not. */
export const askAgain = signal(false);
/** What a sign-in with a wrong key is told. */
export const wrongKey = "That key is not valid. The AppHost prints the right one when Nura is up.";

/** The key that is signed in, by its identity: several may have the same name. */
let holder: string | undefined;

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
  const { provider } = await api.provider().catch(() => ({ provider: undefined }));
  // Anybody can send a link, and what is asked from then on would be kept for the link's key. Where people sign in as themselves, this is not how.
  const instead = holding ? ` instead of "${holding.name}"` : provider ? `, not as yourself with ${provider}` : undefined;
  if (offered && instead && holding?.id !== offered.id && !confirm(`This link signs you in as "${offered.name}"${instead}. Go on?`)) return recognize();
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
  leave();
  conversations.value = [];
  olderConversations.value = false;
}
