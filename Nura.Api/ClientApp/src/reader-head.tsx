import { useEffect, useRef } from "preact/hooks";
import type { Conversation } from "./api.ts";
import { Link } from "./sidebar.tsx";
import { go, share } from "./state.ts";
import { admin } from "./who.ts";

/** Says whose conversation it is that somebody else reads. */
export function ReaderHead({ conversation }: { conversation: Conversation }) {
  const { title, sharedBy } = conversation;
  const heading = useRef<HTMLHeadingElement>(null);
  // There is no field to ask in, where the focus is otherwise.
  useEffect(() => heading.current?.focus(), []);
  const stop = async () => {
    if (confirm(`Stop sharing "${title}"? Then only ${sharedBy} can read it.`) && await share(conversation, false)) go("/");
  };
  return (
    <div class="head">
      <h1 ref={heading} tabIndex={-1}>{title}</h1>
      <p class="hint">Shared by {sharedBy}. <Link path="/">Ask something yourself</Link>{admin.value && <> <button type="button" class="quiet" onClick={stop}>Stop sharing</button></>}</p>
    </div>
  );
}
