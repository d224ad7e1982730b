import { useRef, useState } from "preact/hooks";
import type { Conversation } from "./api.ts";
import { copyText } from "./copy.ts";
import { share } from "./state.ts";

/** Lets the owner share a conversation with everybody here, and stop that. */
export function Share({ conversation }: { conversation: Conversation }) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const link = `${location.origin}/c/${conversation.id}`;

  const press = async (event: MouseEvent) => {
    // The second click of a double click would close what the first one opened.
    if (event.detail > 1) return;
    setOpen(conversation.shared ? !open : await share(conversation, true));
  };
  const stop = async () => {
    if (!await share(conversation, false)) return;
    // The button that was pressed is gone in a moment, and the focus would be with it.
    button.current?.focus();
    setOpen(false);
  };

  return (
    <>
      <button type="button" ref={button} aria-expanded={conversation.shared ? open : undefined} onClick={press}>{conversation.shared ? "Shared" : "Share"}</button>
      {conversation.shared && open && (
        <section aria-label="Sharing">
          <p>Everybody who can sign in here can read it, also what is asked later.</p>
          <p><code>{link}</code></p>
          <p class="buttons">
            <button type="button" onClick={(event) => copyText(event.currentTarget, link)}>Copy link</button>
            <button type="button" onClick={stop}>Stop sharing</button>
          </p>
        </section>
      )}
    </>
  );
}
