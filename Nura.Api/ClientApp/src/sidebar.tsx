import { signal } from "@preact/signals";
import { api } from "./api.ts";
import { attempt, session } from "./attempt.ts";
import { ConversationSearch } from "./conversation-search.tsx";
import { conversations, listing, loadConversations, loadOlderConversations, olderConversations } from "./lists.ts";
import { go, route } from "./state.ts";
import { admin, askAgain, forget, person } from "./who.ts";

const narrow = matchMedia("(max-width: 60rem)");
const folded = signal(narrow.matches);
narrow.addEventListener("change", () => { folded.value = narrow.matches; });

/** A link to a page of the client's own. */
export function Link({ path, children }: { path: string; children: preact.ComponentChildren }) {
  const follow = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(path);
    if (narrow.matches) folded.value = true;
  };
  return <a href={path} onClick={follow} aria-current={route.value === path ? "page" : undefined}>{children}</a>;
}

export function Sidebar() {
  const remove = (id: string, title: string) => attempt(async () => {
    if (!confirm(`Delete "${title}"?`)) return;
    await api.remove(id);
    conversations.value = conversations.value.filter((other) => other.id !== id);
    if (route.value === `/c/${id}`) go("/");
  });
  const rename = (id: string, title: string) => attempt(async () => {
    const renamed = prompt("Name of the conversation", title)?.trim();
    if (!renamed || renamed === title) return;
    await api.rename(id, renamed);
    conversations.value = conversations.value.map((other) => (other.id === id ? { ...other, title: renamed } : other));
  });
  return (
    <nav class={folded.value ? "sidebar folded" : "sidebar"} aria-label="Nura">
      <div class="brand">
        <button type="button" class="fold" aria-expanded={!folded.value} aria-controls="lists" onClick={() => { folded.value = !folded.value; }}>
          <span aria-hidden="true">☰</span><span class="visually-hidden">Menu</span>
        </button>
        <strong>Nura</strong>
      </div>
      <div id="lists" class="lists">
        <ul>
          <li><Link path="/">New question</Link></li>
          <li><Link path="/repositories">Repositories</Link></li>
          {person.value && <li><Link path="/my-keys">My keys</Link></li>}
          <li><Link path="/usage">Usage</Link></li>
          {admin.value && <li><Link path="/keys">Keys</Link></li>}
          {admin.value && <li><Link path="/activity">Activity</Link></li>}
        </ul>
        <h2>Conversations</h2>
        <ConversationSearch><ul class="conversations">
          {conversations.value.map((conversation) => (
            <li key={conversation.id}>
              <Link path={`/c/${conversation.id}`}>{conversation.title}</Link>
              {conversation.shared && <span class="mark" role="img" title="Shared" aria-label="Shared">↗</span>}
              <button type="button" class="quiet" title="Rename" aria-label={`Rename "${conversation.title}"`} onClick={() => rename(conversation.id, conversation.title)}>✎</button>
              <button type="button" class="quiet" title="Delete" aria-label={`Delete "${conversation.title}"`} onClick={() => remove(conversation.id, conversation.title)}>×</button>
            </li>
          ))}
          {listing.value.conversations === "loading" && <li class="hint">Loading…</li>}
          {listing.value.conversations === "failed" && <li class="hint">They could not be read. <button type="button" onClick={loadConversations}>Try again</button></li>}
          {listing.value.conversations === "there" && olderConversations.value && <li><button type="button" class="quiet" onClick={loadOlderConversations}>Show older ones</button></li>}
          {listing.value.conversations === "there" && conversations.value.length === 0 && <li class="hint">None yet.</li>}
        </ul></ConversationSearch>
        {person.value && <p class="hint who">Signed in as {person.value}.</p>}
        <button type="button" class="quiet sign-out" onClick={() => attempt(async () => { await api.signOut(); forget(); askAgain.value = true; session.value = "out"; })}>Sign out</button>
      </div>
    </nav>
  );
}
