import { bytes, readEvents } from "./sse.ts";

export interface Citation { repository: string; commit: string; path: string; startLine: number; endLine: number }
export interface Agent { name: string; description: string }
export interface Model { id: string; provider: string }
export interface Message { role: "user" | "assistant"; content: string }
/** Shared by whom, if it is somebody else's: then there is nothing to do but read. */
export interface Conversation { id: string; title: string; updatedAt: string; shared: boolean; sharedBy?: string }
/** Without a run the answer may draw on what the reader may not see. Good is what its owner said of it. */
export interface Turn { question: string; runId?: string; good?: boolean }
export interface FileLines { citation: Citation; text: string; totalLines: number }
export interface Session { id: string; name: string; admin: boolean; person: boolean }
export interface FileIssue { path: string; failed: boolean; reason: string }

export interface Progress {
  state: string; filesDone: number; filesTotal: number; filesSkipped: number; filesFailed: number;
  filesPerSecond: number; etaSeconds?: number; fetchedPercent?: number;
}

export interface Repository {
  id: string; name: string; source: string; ref?: string; state: string; commit?: string;
  files: number; chunks: number; error?: string; progress?: Progress; indexedAt?: string;
}

export interface UsageSum {
  group: Record<string, string>; calls: number; failed: number; inputTokens: number; outputTokens: number;
  cacheReadTokens: number; cacheWriteTokens: number; cost: number; promptCacheSaved: number; answerCacheSaved: number;
}

/** How many answers people said were good, and were not. */
export interface RatingSum { group: Record<string, string>; good: number; bad: number }

/** Absent repositories are every one. With an issuer it is a person who signs in there; with an owner, such a person's own key. */
export interface Key {
  id: string; name: string; prefix: string; admin: boolean; createdAt: string; lastUsedAt?: string; revokedAt?: string; repositories?: string[]; team?: string;
  issuer?: string; owner?: { id: string; name: string };
}

/** Absent `anew` never starts anew. */
export interface Budget { name: string; scope: "all" | "key" | "user" | "team"; id?: string; period: "day" | "month" | "total"; limit: number; spent: number; anew?: string }

/** Something that somebody changed; names are those of then. */
export interface AuditEntry { id: number; at: string; actorId: string; actor: string; action: string; subject?: string; name?: string; detail?: string }

export interface NewKey { key: string; view: Key; aws?: { accessKeyId: string; secretAccessKey: string } }

export type RunEvent =
  | { type: "token"; text: string }
  | { type: "route"; chosen: string; rule: string; complexity?: number }
  | { type: "tool"; name: string; summary: string; elapsedMs: number }
  | { type: "citation"; citation: Citation; text: string }
  | { type: "error"; title: string; detail?: string; status: number }
  | { type: "done"; state: string; finishReason: string; model?: string; inputTokens: number; outputTokens: number; citationsVerified: number; citationsRemoved: number; costUsd?: number | null };

/** As many conversations are listed at once. */
export const pageOfConversations = 100;

/** As many entries of the activity are listed at once. */
export const pageOfActivity = 100;

/** What the server said went wrong, in words for people. */
export class ApiError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** The header makes a cross-site form post impossible: browsers ask first before sending it from elsewhere. */
const headers = { "x-nura-client": "web", accept: "application/json" };

async function send(method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }), ...more },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, "Nura does not answer. Is it still running?");
  }
  if (response.ok) return response;
  throw await refusal(response);
}

/** A title of ours is a sentence of its own and belongs before what to do; the framework's are not. */
async function refusal(response: Response): Promise<ApiError> {
  const problem = await response.json().catch(() => undefined);
  const { title, detail } = problem ?? {};
  const said = title?.endsWith(".") && detail && !detail.startsWith(title) ? `${title} ${detail}` : detail ?? title ?? problem?.error?.message;
  return new ApiError(response.status, said ?? `The server answered ${response.status}.`);
}

async function json<T>(method: string, path: string, body?: unknown, more?: Record<string, string>): Promise<T> {
  return (await send(method, path, body, more)).json();
}

export const api = {
  /** Who is signed in, or whose a key is. */
  session: (key?: string) => json<Session>("GET", "/api/session", undefined, key ? { authorization: `Bearer ${key}` } : {}),
  signIn: (key: string) => send("POST", "/api/session", { key }),
  signOut: () => send("DELETE", "/api/session"),
  provider: () => json<{ provider?: string }>("GET", "/api/session/provider"),
  ownKeys: () => json<Key[]>("GET", "/api/session/keys"),
  makeOwnKey: (name: string) => json<NewKey>("POST", "/api/session/keys", { name }),
  revokeOwnKey: (id: string) => send("DELETE", `/api/session/keys/${id}`),

  agents: () => json<Agent[]>("GET", "/api/agents"),
  models: () => json<Model[]>("GET", "/api/models"),
  conversations: (before?: string, search?: string) => json<Conversation[]>("GET",
    `/api/conversations?take=${pageOfConversations}${before ? `&before=${encodeURIComponent(before)}` : ""}${search ? `&search=${encodeURIComponent(search)}` : ""}`),
  create: (title: string) => json<Conversation>("POST", "/api/conversations", { title }),
  conversation: (id: string) => json<Conversation>("GET", `/api/conversations/${id}`),
  turns: (id: string) => json<Turn[]>("GET", `/api/conversations/${id}/turns`),
  /** Nura chooses the model unless one is named. */
  ask: (id: string, agent: string, model: string | undefined, question: string, messages: Message[]) =>
    json<Turn & { runId: string }>("POST", `/api/conversations/${id}/turns`, { question, agent, model, messages }),
  /** Null takes back what was said. */
  rate: (id: string, runId: string, good: boolean | null) => send("PUT", `/api/conversations/${id}/turns/${runId}/rating`, { good }),
  rename: (id: string, title: string) => send("PATCH", `/api/conversations/${id}`, { title }),
  remove: (id: string) => send("DELETE", `/api/conversations/${id}`),
  share: (id: string, shared: boolean) => send(shared ? "PUT" : "DELETE", `/api/conversations/${id}/share`),
  stop: (runId: string) => send("POST", `/api/runs/${runId}/stop`),

  repositories: () => json<Repository[]>("GET", "/api/repositories"),
  addRepository: (source: string, name?: string, ref?: string) => json<Repository>("POST", "/api/repositories", { source, name, ref }),
  reindex: (id: string) => send("POST", `/api/repositories/${id}/index`),
  steer: (id: string, how: "pause" | "resume" | "cancel") => json<Repository>("POST", `/api/repositories/${id}/${how}`),
  removeRepository: (id: string) => send("DELETE", `/api/repositories/${id}`),
  issues: (id: string) => json<FileIssue[]>("GET", `/api/repositories/${id}/issues?take=500`),
  file: (citation: string) => json<FileLines>("GET", `/api/file?citation=${encodeURIComponent(citation)}`),

  usage: (from: string, to: string, by: string) => json<UsageSum[]>("GET", `/api/models/usage?from=${from}&to=${to}&by=${by}`),
  budgets: () => json<Budget[]>("GET", "/api/models/budgets"),
  usageCsv: (from: string, to: string, by: string) => send("GET", `/api/models/usage.csv?from=${from}&to=${to}&by=${by}`).then((response) => response.blob()),

  ratings: (from: string, to: string, by: string) => json<RatingSum[]>("GET", `/api/models/ratings?from=${from}&to=${to}&by=${by}`),

  activity: (before?: number) => json<AuditEntry[]>("GET", `/api/audit?take=${pageOfActivity}${before ? `&before=${before}` : ""}`),
  activityCsv: () => send("GET", "/api/audit.csv").then((response) => response.blob()),

  keys: () => json<Key[]>("GET", "/api/keys"),
  makeKey: (key: { name: string; admin: boolean; repositories?: string[]; team?: string }) => json<NewKey>("POST", "/api/keys", key),
  limitKey: (id: string, repositories: string[] | null) => send("PUT", `/api/keys/${id}/repositories`, { repositories }),
  assignKey: (id: string, team: string | null) => send("PUT", `/api/keys/${id}/team`, { team }),
  revokeKey: (id: string) => send("DELETE", `/api/keys/${id}`),
  restorePerson: (id: string) => send("POST", `/api/keys/${id}/restore`),
};

/** A run's log from the beginning. Lost connections are taken up again where they broke; ends after `done`. */
export async function* runEvents(runId: string, signal: AbortSignal): AsyncGenerator<RunEvent> {
  let last = "";
  for (let failures = 0; ;) {
    try {
      const response = await fetch(`/api/runs/${runId}/events`, { signal, headers: last ? { ...headers, "last-event-id": last } : headers });
      if (!response.ok) throw await refusal(response);
      for await (const event of readEvents(bytes(response))) {
        last = event.id;
        failures = 0;
        const parsed = JSON.parse(event.data) as RunEvent;
        yield parsed;
        if (parsed.type === "done") return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.status < 500) throw error;
    }
    if (++failures > 8) throw new ApiError(0, "The connection was lost. The answer goes on at the server: reload to see it.");
    await new Promise((resume) => setTimeout(resume, Math.min(250 * 2 ** failures, 5000)));
  }
}
