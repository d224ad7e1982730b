import { attempt } from "./attempt.ts";

/** Saves what the server answers as a file. A plain link would come without the client's header, so that the server would not take its cookie. */
export async function download(read: () => Promise<Blob>, name: string): Promise<void> {
  const file = await attempt(read);
  if (!file) return;
  const href = URL.createObjectURL(file);
  Object.assign(document.createElement("a"), { href, download: name }).click();
  URL.revokeObjectURL(href);
}
