import type { Citation } from "./api.ts";

/** The page of the git host that shows cited lines; undefined where the source is no address of a host whose pages are known. */
export function hostLink(source: string, { commit, path, startLine, endLine }: Citation): string | undefined {
  let base: URL;
  try {
    base = new URL(source);
  } catch {
    return undefined;
  }
  if (base.protocol !== "https:") return undefined;
  const repository = base.origin + base.pathname.replace(/\/$/, "").replace(/\.git$/, "");
  const file = path.split("/").map(encodeURIComponent).join("/");
  const one = startLine === endLine;
  if (/\bgithub\b/.test(base.hostname)) return `${repository}/blob/${commit}/${file}?plain=1#L${startLine}${one ? "" : `-L${endLine}`}`;
  if (/\bgitlab\b/.test(base.hostname)) return `${repository}/-/blob/${commit}/${file}?plain=1#L${startLine}${one ? "" : `-${endLine}`}`;
  if (/\b(gitea|codeberg|forgejo)\b/.test(base.hostname)) return `${repository}/src/commit/${commit}/${file}?display=source#L${startLine}${one ? "" : `-L${endLine}`}`;
  if (base.hostname === "bitbucket.org") return `${repository}/src/${commit}/${file}#lines-${startLine}${one ? "" : `:${endLine}`}`;
  return undefined;
}
