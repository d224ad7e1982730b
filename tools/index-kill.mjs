// The loop of index-kill-check.sh: edit, index, kill; at the end two databases must hold the same.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";

const [work, port, psql, kills, seed] = process.argv.slice(2);
const files = 2500;
const service = "Nura.Rag/bin/Debug/net10.0/Nura.Rag.dll";
if (!existsSync(service)) throw new Error("Build first: dotnet build Nura.Rag");

// Mulberry32: the same seed gives the same edits; when exactly the kill falls is the machine's chance.
let state = Number(seed) >>> 0;
const random = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const pick = (list) => list[Math.floor(random() * list.length)];
const words = "invoice order customer parser token cache retry lease budget route".split(" ");
const text = (name) => `namespace Made;\n\npublic sealed class ${name}\n{\n${Array.from({ length: 40 }, (_, i) => `    public int ${pick(words)}${i} => ${Math.floor(random() * 1e6)}; // ${pick(words)} ${pick(words)}\n`).join("")}}\n`;

const source = join(work, "source");
const git = (...args) => execFileSync("git", ["-C", source, "-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "gc.auto=0", ...args], { encoding: "utf8", env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" } });
const sql = (database, query) => execFileSync(psql, ["-qAtX", "-h", "127.0.0.1", "-p", port, "-U", "nura", "-d", database, "-c", query], { encoding: "utf8", maxBuffer: 1 << 28 });
const names = new Set();
let made = 0;
const write = (name) => { names.add(name); writeFileSync(join(source, name), text(name.replace(/\W/g, ""))); };
const commit = () => { git("add", "--all"); git("commit", "--quiet", "--allow-empty", "-m", "A change"); };
const edit = () => {
  for (let i = 0; i < 250; i++) {
    const name = pick([...names]);
    const kind = Math.floor(random() * 5);
    if (kind === 0) { rmSync(join(source, name)); names.delete(name); }
    else if (kind === 1) { const to = `moved${made++}.cs`; renameSync(join(source, name), join(source, to)); names.delete(name); names.add(to); }
    else if (kind === 2) appendFileSync(join(source, name), `// ${pick(words)}\n`);
    else if (kind === 3) write(`new${made++}.cs`);
    else write(name);
  }
  commit();
};

async function start(database) {
  const child = spawn("dotnet", [service, "--urls", "http://127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env, ConnectionStrings__nura: `Host=127.0.0.1;Port=${port};Username=nura;Database=${database}`, Nura__Rag__MirrorDirectory: join(work, `mirrors-${database}`),
      Nura__Rag__LocalRoots__0: source, Nura__Rag__LeaseSeconds: "1", Nura__Rag__PollSeconds: "0", Nura__Rag__HistoryCommits: "200",
    },
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /Now listening on: (\S+)/.exec(line)?.[1];
    if (address) { child.stdout.resume(); return { child, address }; }
  }
  throw new Error("Nura.Rag ended before it listened.");
}
const kill = async ({ child }) => { const ended = once(child, "exit"); child.kill("SIGKILL"); await ended; };
const call = async (address, path, body) => {
  const response = await fetch(address + path, { method: body === undefined ? "GET" : "POST", headers: { "content-type": "application/json" }, body: body === undefined ? undefined : JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
};
async function ready(address, id) {
  for (;;) {
    const view = await call(address, `/repositories/${id}`);
    if (view.state === "failed") throw new Error(view.error);
    if (view.state === "ready") return view;
    await wait(50);
  }
}

// The bytes of encoded terms depend on the order files came in; that they say the same is seen from the answers.
const dump = (database) => sql(database, `
  SELECT t.path, b.oid, b.language, b.chunks, t.failed, coalesce(t.reason, b.reason),
    (SELECT md5(string_agg(concat_ws('|', c.ordinal, c.start_line, c.end_line, c.symbol, c.content), E'\\n' ORDER BY c.ordinal)) FROM rag.chunk c WHERE c.blob = b.id),
    (SELECT md5(string_agg(concat_ws('|', s.ordinal, s.name, s.kind, s.container, s.start_line, s.end_line), E'\\n' ORDER BY s.ordinal)) FROM rag.symbol s WHERE s.blob = b.id)
  FROM rag.tree t LEFT JOIN rag.blob b ON b.id = t.blob ORDER BY t.path COLLATE "C"`)
  + sql(database, "SELECT commit, files, chunks FROM rag.repository") + sql(database, "SELECT sha, subject, files FROM rag.commit_doc ORDER BY sha");
const answers = async (address) => JSON.stringify(await Promise.all(words.map(async (query) => (await call(address, "/search", { query: `${query} made`, limit: 200 })).hits.map((hit) => [hit.citation.path, hit.citation.startLine, hit.score.toFixed(3)]))));

mkdirSync(source);
git("init", "--quiet", "--initial-branch=main");
for (let i = 0; i < files; i++) write(`f${i}.cs`);
commit();
for (const database of ["killed", "clean"]) sql("postgres", `CREATE DATABASE ${database}`);

const states = {};
let id, idle = false;
for (let i = 0; i < Number(kills); i++) {
  const running = await start("killed");
  id ??= (await call(running.address, "/repositories", { source })).id;
  const before = await call(running.address, `/repositories/${id}`);
  idle = before.state === "ready";
  if (idle) {
    edit();
    await call(running.address, `/repositories/${id}/index`, {});
  }
  // Most kills shall fall into the work itself, however slow the machine.
  const early = random() < 0.25;
  while (!early && ["queued", "fetching"].includes((await call(running.address, `/repositories/${id}`)).state)) await wait(5);
  await wait(random() * 800);
  const { state } = await call(running.address, `/repositories/${id}`);
  states[state] = (states[state] ?? 0) + 1;
  await kill(running);
}

const survivor = await start("killed");
await ready(survivor.address, id);
await call(survivor.address, `/repositories/${id}/index`, {});
await ready(survivor.address, id);
const clean = await start("clean");
await ready(clean.address, (await call(clean.address, "/repositories", { source })).id);
const sameRows = dump("killed") === dump("clean");
const sameAnswers = (await answers(survivor.address)) === (await answers(clean.address));
const same = sameRows && sameAnswers;
await Promise.all([kill(survivor), kill(clean)]);
console.log(`${kills} kills (seed ${seed}; state when killed: ${JSON.stringify(states)}): the index is ${same ? "equal to" : `OTHER THAN (rows ${sameRows}, answers ${sameAnswers})`} a clean one, ${names.size} files`);
process.exit(same ? 0 : 1);
