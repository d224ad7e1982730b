import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app.tsx";
import { follow, loadLists, route, session, start } from "./state.ts";

window.addEventListener("popstate", () => { route.value = location.pathname; });

effect(() => {
  if (session.value === "in") follow(route.value);
});

effect(() => {
  if (session.value === "in") void loadLists();
});

render(<App />, document.getElementById("app")!);
void start();
