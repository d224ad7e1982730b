// Starts the AppHost of the current folder, asks, measures, stops. See first-minute.sh.
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { startAppHost } from "./apphost.mjs";

const [work, other] = process.argv.slice(2);
const question = "Where are citations verified, and what happens to one that does not resolve?";
const mark = `NURA_FIRST_MINUTE=${randomUUID()}`;

const seconds = (ms) => Math.round(ms / 10) / 100;

/** Every process that was started by this run, however far down: they all inherit the mark. */
function processes() {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(mark)) return [];
      const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0);
      const command = readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0").filter(Boolean);
      return rss > 0 ? [{ pid: Number(pid), rss, command: command.map((word) => path.basename(word)).slice(0, 3).join(" ") }] : [];
    } catch {
      return []; // It ended while we looked.
    }
  });
}

let result;
const started = performance.now();
const host = await startAppHost({
  data: path.join(work, "data"),
  options: other ? [`--Nura:LocalRoots:0=${path.dirname(other)}`] : [],
  env: { [mark.split("=")[0]]: mark.split("=")[1] },
});
try {
  const { url, key } = host;
  const ready = performance.now() - started;
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const json = async (method, address, body) => {
    const response = await fetch(url + address, { method, headers, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${address} answered ${response.status}: ${await response.text()}`);
    return response.json();
  };

  if (other) await json("POST", "/api/repositories", { source: other });
  const repositories = await host.until("indexed", async () => {
    const all = await json("GET", "/api/repositories");
    const failed = all.find((repository) => repository.state === "failed");
    if (failed) throw new Error(`${failed.name} was not indexed: ${failed.error}`);
    return all.length >= (other ? 2 : 1) && all.every((repository) => repository.state === "ready") && all;
  });
  const spent = repositories.map(({ progress }) => new Date(progress.updatedAt) - new Date(progress.startedAt));

  const asked = performance.now();
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: "POST", headers, body: JSON.stringify({ model: "nura", stream: true, messages: [{ role: "user", content: question }] }),
  });
  if (!answer.ok) throw new Error(`The question was answered with ${answer.status}: ${await answer.text()}`);
  let first = 0, text = "", buffered = "", citations = 0;
  for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
    buffered += piece;
    const lines = buffered.split("\n");
    buffered = lines.pop();
    for (const line of lines.filter((line) => line.startsWith("data: {"))) {
      const chunk = JSON.parse(line.slice(6));
      if (chunk.error) throw new Error(chunk.error.message);
      const delta = chunk.choices[0]?.delta.content ?? "";
      if (delta && !first) first = performance.now() - asked;
      text += delta;
      citations = chunk.nura?.citations.length ?? citations;
    }
  }

  const all = processes().sort((a, b) => b.rss - a.rss);
  console.error(all.map(({ rss, command }) => `${String(Math.round(rss / 1024)).padStart(6)} MB  ${command}`).join("\n"));
  // What the AppHost runs: the services and their database. Not itself, nor the SDK's "dotnet run" around it.
  const running = all.filter(({ command }) => !/^(Nura.AppHost|dotnet run)/.test(command));
  result = {
    ready_s: seconds(ready),
    index_files: repositories.reduce((sum, repository) => sum + repository.files, 0),
    index_s: seconds(spent.reduce((sum, ms) => sum + ms, 0)),
    first_token_ms: Math.round(first),
    citations,
    rss_mb: Math.round(running.reduce((sum, { rss }) => sum + rss, 0) / 1024),
  };
} finally {
  console.error(`stopped in ${seconds(await host.stop())} s`);
}

const left = processes();
if (left.length > 0) console.error("left over:", left);
for (const { pid } of left) process.kill(pid, "SIGKILL");
console.log(JSON.stringify({ ...result, leftover_processes: left.length }));
process.exitCode = left.length > 0 || result.citations < 1 ? 1 : 0;
