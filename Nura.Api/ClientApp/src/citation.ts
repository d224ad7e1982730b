import type { Citation } from "./api.ts";

/** The written form of a citation inside brackets; a path may hold brackets itself, and ends where the first lines do. */
export const citationPattern = /\[((?:[A-Za-z0-9._/-]{1,200})@(?:[0-9a-f]{7,64}):(?:[^\n]{1,4096}?)#L\d{1,9}(?:-L?\d{1,9})?)\]/;

/** Reads `repository@commit:path#Lx-Ly`. */
export function parseCitation(text: string): Citation | undefined {
  const match = /^([A-Za-z0-9._/-]+)@([0-9a-f]{7,64}):(.+)#L(\d+)(?:-L?(\d+))?$/.exec(text);
  if (!match) return undefined;
  const startLine = Number(match[4]);
  return { repository: match[1]!, commit: match[2]!, path: match[3]!, startLine, endLine: Number(match[5] ?? match[4]) };
}

export const writeCitation = (c: Citation): string => `${c.repository}@${c.commit.slice(0, 12)}:${c.path}#L${c.startLine}-L${c.endLine}`;

/** What a chip shows: the file's name and its lines. */
export function shortCitation(citation: Citation): string {
  const lines = citation.startLine === citation.endLine ? `${citation.startLine}` : `${citation.startLine}–${citation.endLine}`;
  return `${citation.path.split("/").at(-1)}:${lines}`;
}
