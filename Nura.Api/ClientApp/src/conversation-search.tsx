import { useEffect, useState } from "preact/hooks";
import { api, pageOfConversations } from "./api.ts";
import type { Conversation } from "./api.ts";
import { attempt } from "./attempt.ts";
import { conversations } from "./lists.ts";
import { Link } from "./sidebar.tsx";

/** Shows the conversations that have some words in their titles and questions, in place of the list of all. */
export function ConversationSearch({ children }: { children: preact.ComponentChildren }) {
  const [text, setText] = useState("");
  const [found, setFound] = useState<Conversation[] | "failed">();
  const words = text.trim();

  useEffect(() => {
    setFound(undefined);
    if (!words) return;
    let current = true;
    // Nothing is asked while somebody types.
    const asking = setTimeout(async () => {
      const got = await attempt(() => api.conversations(undefined, words));
      if (current) setFound(got ?? "failed");
    }, 250);
    return () => { current = false; clearTimeout(asking); };
  }, [words]);

  if (conversations.value.length === 0) return <>{children}</>;
  return (
    <>
      <label class="visually-hidden" for="search">Search conversations</label>
      <input id="search" type="search" class="search" placeholder="Search" maxLength={200} autocomplete="off" value={text} onInput={(event) => setText(event.currentTarget.value)} />
      {!words ? children : (
        <>
          <p class="hint" role="status">{found === undefined ? "Searching…" : found === "failed" ? "They could not be searched." : found.length === 0 ? "Nothing found." : `${found.length}${found.length === pageOfConversations ? " or more" : ""} found.`}</p>
          {Array.isArray(found) && <ul class="conversations">{found.map(({ id, title }) => <li key={id}><Link path={`/c/${id}`}>{title}</Link></li>)}</ul>}
        </>
      )}
    </>
  );
}
