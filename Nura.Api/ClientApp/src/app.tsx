import { Chat } from "./chat.tsx";
import { Repositories } from "./repositories.tsx";
import { Sidebar } from "./sidebar.tsx";
import { SignIn } from "./sign-in.tsx";
import { SourcePanel } from "./source-panel.tsx";
import { announcement, notice, route, session } from "./state.ts";

export function App() {
  if (session.value === "unknown") return <p class="loading" role="status">Loading…</p>;
  if (session.value === "out") return <SignIn />;
  return (
    <>
      <a class="skip" href="#main">Skip to the conversation</a>
      <div class="frame">
        <Sidebar />
        <main id="main" tabIndex={-1}>
          {notice.value && (
            <p class="notice" role="alert">
              {notice.value} <button type="button" onClick={() => { notice.value = undefined; }}>Dismiss</button>
            </p>
          )}
          {route.value === "/repositories" ? <Repositories /> : <Chat />}
        </main>
        <SourcePanel />
      </div>
      <p class="visually-hidden" role="status">{announcement.value}</p>
    </>
  );
}
