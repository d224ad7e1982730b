// Starts the AppHost of the current folder for a script: its own ports and data, beside whatever else runs on this machine.
import { spawn } from "node:child_process";

const patience = 120_000;
const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));

/**
 * Starts it and waits until it says that it is ready.
 * @param {{ data: string, options?: string[], env?: Record<string, string> }} how Where its data goes, further options, environment for it and its services.
 * @returns What it said (url, key), `until(what, probe)` that fails when the AppHost ends first, and `stop()`, which presses Ctrl+C and gives the milliseconds.
 */
export async function startAppHost({ data, options = [], env = {} }) {
  let output = "";
  const host = spawn("dotnet", [
    "run", "--no-build", "--no-launch-profile", "--project", "Nura.AppHost", "--",
    "--DcpPublisher:RandomizePorts=true", `--Nura:Backends:postgres=${process.env.NURA_POSTGRES ?? "pglite"}`, `--Nura:DataDirectory=${data}`, ...options,
  ], {
    // A group of its own, to send it Ctrl+C as a terminal would.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env, DOTNET_ENVIRONMENT: "Development", ASPNETCORE_ENVIRONMENT: "Development", ASPIRE_ALLOW_UNSECURED_TRANSPORT: "true",
      DOTNET_EnableWriteXorExecute: "0", DOTNET_TieredPGO: "0",
      ASPNETCORE_URLS: "http://localhost:0", ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL: "http://localhost:0", ...env,
    },
  });
  for (const stream of [host.stdout, host.stderr]) stream.on("data", (text) => { output += text; });

  const until = async (what, probe) => {
    for (const end = Date.now() + patience; Date.now() < end; await pause(25)) {
      const found = await probe();
      if (found) return found;
      if (host.exitCode !== null) throw new Error(`The AppHost ended with ${host.exitCode} before ${what}.\n${output}`);
    }
    throw new Error(`Not ${what} within ${patience / 1000} s.\n${output}`);
  };
  const stop = async () => {
    const stopping = performance.now();
    if (host.exitCode === null) {
      process.kill(-host.pid, "SIGINT");
      await Promise.race([new Promise((ended) => host.once("exit", ended)), pause(15_000)]);
    }
    return performance.now() - stopping;
  };

  try {
    const url = await until("ready", () => /OpenAI base\s+(http\S+)\/v1/.exec(output)?.[1]);
    const key = await until("ready", () => /API key\s+(\S+)/.exec(output)?.[1]);
    return { url, key, until, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
