import type { Key } from "./api.ts";
import { when } from "./when.ts";

/** What is known of a key, or of a person among them, besides its name. */
export const KeyDates = ({ item }: { item: Key }) => (
  <p class="hint">
    {item.issuer ? <>signs in at {item.issuer}</> : <code>{item.prefix}…</code>}
    {item.owner && ` · ${item.owner.name}'s own`}
    {` · ${item.issuer ? "since" : "made"} ${when(item.createdAt)} · ${item.lastUsedAt ? `last ${item.issuer ? "seen" : "used"} ${when(item.lastUsedAt)}` : "never used"}`}
    {item.revokedAt && ` · ${item.issuer ? "shut out" : "revoked"} ${when(item.revokedAt)}`}
  </p>
);
