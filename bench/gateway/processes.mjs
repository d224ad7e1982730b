// The processes of a benchmark, each with a log of its own; they end with this one.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Where logs and the scripts of the load generator are. */
export const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nura-bench-'));

const children = [];
process.on('exit', () => children.forEach(child => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

/** Starts a process on one core, or on any if that is null. */
export function start(name, core, command, args, env = {}, cwd = import.meta.dirname) {
  const log = fs.openSync(path.join(folder, `${name}.log`), 'a');
  const line = core === null ? [command, ...args] : ['taskset', '-c', String(core), command, ...args];
  const child = spawn(line[0], line.slice(1), { stdio: ['ignore', log, log], env: { ...process.env, ...env }, cwd });
  children.push(child);
  return child;
}

/** Waits for an answer, and gives the milliseconds since a moment. */
export async function ready(url, child, started) {
  for (;;) {
    try {
      if ((await fetch(url)).status < 500 && child.exitCode === null) return Number(process.hrtime.bigint() - started) / 1e6;
    } catch { /* not yet */ }
    await pause(10);
    if (child.exitCode !== null) throw new Error(`A process ended; see the logs in ${folder}.`);
  }
}

export async function stop(...processes) {
  for (const one of processes) {
    one.kill('SIGTERM');
    for (let i = 0; i < 100 && one.exitCode === null && one.signalCode === null; i++) await pause(50);
    if (one.exitCode === null && one.signalCode === null) one.kill('SIGKILL');
  }
}

/** How Nura's API is set up here: its whole pipeline on, the models behind it on one upstream. */
export const nuraSettings = (port, database, key, server) => ({
  // As the AppHost starts the API (docs/decisions/0018).
  DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS: '1',
  ASPNETCORE_URLS: `http://127.0.0.1:${port}`, ConnectionStrings__nura: database, Nura__Api__Key: key,
  services__rag__http__0: 'http://127.0.0.1:1', services__agents__http__0: 'http://127.0.0.1:1',
  Nura__Models__Catalog: path.join(import.meta.dirname, 'catalog.json'),
  Nura__Models__Servers__upstream__BaseUrl: `${server}/v1`, Nura__Models__Servers__upstream__Models__0: 'unused',
  Nura__Models__Servers__down__BaseUrl: `${server}/fail`, Nura__Models__Servers__down__Models__0: 'unused-too',
  Nura__Models__Bedrock__Region: 'us-east-1', Nura__Models__Bedrock__Endpoint: server,
  Nura__Models__Bedrock__AccessKeyId: 'AKIAEXAMPLE', Nura__Models__Bedrock__SecretAccessKey: 'secretsecret',
  Nura__Models__Budgets__everybody__Limit: '1000000', Nura__Models__Cache__Seconds: '1',
});
