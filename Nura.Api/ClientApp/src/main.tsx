import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app.tsx";
import { session } from "./attempt.ts";
import { conversations, loadLists } from "./lists.ts";
import { conversationId, follow, openSource, opened, route } from "./state.ts";
import { start } from "./who.ts";

window.addEventListener("popstate", () => {
  route.value = location.pathname;
  openSource.value = history.state?.source;
});
// Loading the page again shows no source, so nothing must lead back from one.
if (history.state?.source) history.replaceState(null, "");
// A link with a key, opened in a tab that is on Nura already, loads no page.
window.addEventListener("hashchange", () => { if (/^#(key|signin)=/.test(location.hash)) void start(); });

effect(() => {
  if (session.value === "in") follow(route.value);
});

effect(() => {
  if (session.value === "in") void loadLists();
});

effect(() => {
  // The list has not every one: not those of others.
  const shown = session.value === "in" && [...conversations.value, opened.value].find((known) => known?.id === conversationId(route.value));
  document.title = shown ? `${shown.title} – Nura` : "Nura";
});

render(<App />, document.getElementById("app")!);
void start();
