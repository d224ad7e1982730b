import { signal } from "@preact/signals";
import { ApiError } from "./api.ts";

/** Away is when the server does not tell: that is no reason to ask for the key again. */
export const session = signal<"unknown" | "in" | "out" | "away">("unknown");
export const notice = signal<string | undefined>(undefined);

/** What looking again by itself last failed with. */
let unseen: string | undefined;

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

export const missing = (error: unknown): boolean => error instanceof ApiError && error.status === 404;

/** Why something failed, in words; an ended session is none, but leads back to the sign-in. */
export function reason(error: unknown): string | undefined {
  if (error instanceof ApiError && error.status === 401) {
    session.value = "out";
    return undefined;
  }
  return error instanceof Error ? error.message : String(error);
}
