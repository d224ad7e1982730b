// Started by outage.sh. Usage: node outage.mjs <folder of the published Nura.Api> <script that starts and stops PostgreSQL> <its port> <seconds>
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { freePort } from './machine.mjs';

const [api, postgres, databasePort, length] = process.argv.slice(2);
const seconds = Number(length);
const callers = 16;
const key = 'nura_outage-key-only-for-this-run';
const ports = { upstream: await freePort(), redis: await freePort(), nura: await freePort() };
const children = [];
const log = fs.openSync(path.join(path.dirname(api), 'outage.log'), 'a');
process.on('exit', () => children.forEach(child => child.kill('SIGKILL')));

const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', log, log], ...options });
  children.push(child);
  return child;
}

const redis = () => start('redis-server', ['--port', String(ports.redis), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', path.dirname(api)]);
let cache = redis();
start('node', ['upstream.mjs', String(ports.upstream)], { cwd: import.meta.dirname });
start('./Nura.Api', [], {
  cwd: api,
  env: {
    ...process.env, ASPNETCORE_URLS: `http://127.0.0.1:${ports.nura}`, ConnectionStrings__nura: `Host=127.0.0.1;Port=${databasePort};Username=postgres;Database=postgres`,
    ConnectionStrings__cache: `127.0.0.1:${ports.redis}`, Nura__Api__Key: key, services__rag__http__0: 'http://127.0.0.1:1', services__agents__http__0: 'http://127.0.0.1:1',
    Nura__Models__Catalog: path.join(import.meta.dirname, 'catalog.json'),
    Nura__Models__Servers__upstream__BaseUrl: `http://127.0.0.1:${ports.upstream}/v1`, Nura__Models__Servers__upstream__Models__0: 'unused',
    Nura__Models__Servers__down__BaseUrl: `http://127.0.0.1:${ports.upstream}/fail`, Nura__Models__Servers__down__Models__0: 'unused-too',
    Nura__Models__Budgets__everybody__Limit: '1000000', Nura__Models__Cache__Seconds: '60',
  },
});
for (;;) {
  try {
    if ((await fetch(`http://127.0.0.1:${ports.nura}/ready`)).ok) break;
  } catch { /* not yet */ }
  await pause(50);
}

const agent = new http.Agent({ keepAlive: true, maxSockets: callers });
let [asked, answers, failed, isOver] = [0, 0, 0, false];
const ask = body => new Promise(resolve => {
  const request = http.request({ agent, host: '127.0.0.1', port: ports.nura, path: '/v1/chat/completions', method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` } }, response => {
    response.resume();
    response.on('end', () => resolve(response.statusCode === 200));
    response.on('error', () => resolve(false));
  });
  request.on('error', () => resolve(false));
  request.end(body);
});

/** Asks each question twice, every other one streamed, until told to stop. */
async function caller() {
  while (!isOver) {
    const number = asked++ >> 1;
    const good = await ask(JSON.stringify({ model: 'mock-1', stream: number % 2 === 1, messages: [{ role: 'user', content: `question ${number}` }] }));
    if (good) answers++;
    else failed++;
    await pause(5);
  }
}

async function under(name, away, back) {
  [answers, failed, isOver] = [0, 0, false];
  const all = Array.from({ length: callers }, caller);
  await pause(3_000);
  const before = answers;
  await away();
  console.error(`${name} is gone`);
  await pause(seconds * 1_000);
  const during = answers - before;
  await back();
  console.error(`${name} is back`);
  await pause(3_000);
  isOver = true;
  await Promise.all(all);
  return { seconds, answers, duringOutage: during, failed };
}

const count = sql => Number(execFileSync('psql', ['-h', '127.0.0.1', '-p', databasePort, '-U', 'postgres', '-tAc', sql], { encoding: 'utf8' }));
const result = { redis: await under('Redis', async () => cache.kill('SIGKILL'), async () => { cache = redis(); }) };
const already = answers;
result.postgres = await under('PostgreSQL', async () => execFileSync(postgres, ['stop']), async () => execFileSync(postgres, ['start']));
const expected = already + answers;
let rows = -1;
for (let i = 0; i < 120 && rows < expected; i++) {
  await pause(500);
  rows = count('select count(*) from models.usage where status = 200');
}

Object.assign(result.postgres, { rows, expected, lost: Math.max(expected - rows, 0), doubled: Math.max(rows - expected, 0) });
console.log(JSON.stringify(result));
process.exit(0);
