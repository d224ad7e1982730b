import type { Key } from "./api.ts";

/** What is known of a key, or of a person among them, besides its name. */
export const KeyDates = ({ item }: { item: Key }) => (
  <p class="hint">
    {item.issuer ? <>signs in at {item.issuer}</> : <code>{item.prefix}…</code>}
    {item.owner && ` · ${item.owner.name}'s own`}
    {` · ${item.issuer ? "since" : "made"} ${when(item.createdAt)} · ${item.lastUsedAt ? `last ${item.issuer ? "seen" : "used"} ${when(item.lastUsedAt)}` : "never used"}`}
    {item.revokedAt && ` · ${item.issuer ? "shut out" : "revoked"} ${when(item.revokedAt)}`}
  </p>
);

/** A time as people read it, by their own clock. */
export const when = (time: string): string => new Date(time).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });
