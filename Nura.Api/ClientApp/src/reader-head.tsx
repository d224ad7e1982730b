import { useEffect, useRef } from "preact/hooks";
import type { Conversation } from "./api.ts";
import { Link } from "./sidebar.tsx";

/** Says whose conversation it is that somebody else reads. */
export function ReaderHead({ conversation: { title, sharedBy } }: { conversation: Conversation }) {
  const heading = useRef<HTMLHeadingElement>(null);
  // There is no field to ask in, where the focus is otherwise.
  useEffect(() => heading.current?.focus(), []);
  return (
    <div class="head">
      <h1 ref={heading} tabIndex={-1}>{title}</h1>
      <p class="hint">Shared by {sharedBy}. <Link path="/">Ask something yourself</Link></p>
    </div>
  );
}
