import { Activity } from "./activity.tsx";
import { notice, session } from "./attempt.ts";
import { Chat } from "./chat.tsx";
import { Keys } from "./keys.tsx";
import { OwnKeys } from "./own-keys.tsx";
import { Repositories } from "./repositories.tsx";
import { Sidebar } from "./sidebar.tsx";
import { SignIn } from "./sign-in.tsx";
import { SourcePanel } from "./source-panel.tsx";
import { announcement, route } from "./state.ts";
import { Usage } from "./usage.tsx";
import { admin, person, recognize } from "./who.ts";

function Page() {
  switch (route.value) {
    case "/repositories": return <Repositories />;
    case "/usage": return <Usage />;
    case "/keys": return admin.value ? <Keys /> : <ForAdministrators />;
    case "/activity": return admin.value ? <Activity /> : <ForAdministrators />;
    case "/my-keys": return person.value ? <OwnKeys /> : <ForPeople />;
    default: return <Chat />;
  }
}

const ForAdministrators = () => <p class="page">Only administrators can see this page: sign in with an administrator's key.</p>;

const ForPeople = () => <p class="page">Only people who are signed in with the identity provider have keys of their own. An administrator can make a key for you.</p>;

const Away = () => (
  <main class="sign-in">
    <h1>Nura does not answer</h1>
    <p class="notice" role="alert">{notice.value}</p>
    <button type="button" class="primary" onClick={recognize}>Try again</button>
  </main>
);

export function App() {
  if (session.value === "unknown") return <p class="loading" role="status">Loading…</p>;
  if (session.value === "away") return <Away />;
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
          <Page />
        </main>
        <SourcePanel />
      </div>
      <p class="visually-hidden" role="status">{announcement.value}</p>
    </>
  );
}
