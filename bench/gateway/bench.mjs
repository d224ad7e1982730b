// Measures Nura's gateway beside Portkey's, against one upstream, in turns. Started by run.sh.
// Quick: fewer and shorter rounds, pinned only, without G13.
// Usage: node bench.mjs <folder of the published Nura.Api> <folder of the published Bare> <connection string> [--quick]
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { load } from './load.mjs';
import { freePort, median, memoryPeak } from './machine.mjs';
import { nuraSettings, ready, start, stop } from './processes.mjs';
import { headersOf, pacedBody, scenarios } from './scenarios.mjs';

const [api, bareFolder, database, flag] = process.argv.slice(2);
const quick = flag === '--quick';
const [seconds, rounds] = quick ? [2, 2] : [4, 5];
const key = 'nura_bench-key-only-for-this-run';
const rows = [];

/** Runs one scenario in turns and keeps the medians. */
function measure(mode, name, connections, targets, processes, times = rounds) {
  const all = Object.fromEntries(Object.keys(targets).map(who => [who, []]));
  for (let round = 0; round < times; round++) {
    for (const who of Object.keys(targets)) {
      const one = processes[who];
      all[who].push(load(name, who, targets[who], one.port, one.pid, connections, seconds, upstream.pid));
    }
  }

  const result = {};
  for (const [who, runs] of Object.entries(all)) {
    result[who] = Object.fromEntries(['rps', 'p50', 'p99', 'cpuMs', 'busyCores', 'ownCores'].map(field => [field, median(runs.map(run => run[field]))]));
    result[who].failed = runs.reduce((sum, run) => sum + run.failed, 0);
    result[who].peakMb = memoryPeak(processes[who].pid);
    rows.push({ mode, name, connections, who, ...result[who] });
    console.error(`${mode} ${name} c=${connections} ${who}: ${result[who].rps.toFixed(0)}/s p50 ${result[who].p50} p99 ${result[who].p99} ms cpu ${result[who].cpuMs.toFixed(3)} ms failed ${result[who].failed}, highest memory so far ${result[who].peakMb.toFixed(0)} MB`);
  }

  return result;
}

function paced(who, port, headers, streams) {
  const run = spawnSync('node', ['paced.mjs', `http://127.0.0.1:${port}/v1/chat/completions`, JSON.stringify(headers), pacedBody, String(streams), quick ? '6' : '10'], { encoding: 'utf8', cwd: import.meta.dirname });
  const result = JSON.parse(run.stdout);
  console.error(`paced ${who} ${streams} streams: first byte p50 ${result.p50?.toFixed(1)} p99 ${result.p99?.toFixed(1)} ms errors ${result.errors}`);
  return result;
}

function p99(target, port) {
  const run = spawnSync('node', ['p99.mjs', `http://127.0.0.1:${port}${target.path}`, JSON.stringify(target.headers), JSON.stringify(target.body), String(seconds)], { encoding: 'utf8', cwd: import.meta.dirname });
  if (run.status !== 0) throw new Error(`autocannon failed: ${run.stderr}`);
  return Number(run.stdout);
}

const ports = { upstream: await freePort(), nura: await freePort(), portkey: await freePort(), bare: await freePort() };
const upstream = start('upstream', null, 'node', ['upstream.mjs', String(ports.upstream)]);
await ready(`http://127.0.0.1:${ports.upstream}/`, upstream, process.hrtime.bigint());
const headers = headersOf(ports, key);
const cases = scenarios(headers);
const server = `http://127.0.0.1:${ports.upstream}`;
async function startBoth(core) {
  const begun = [process.hrtime.bigint()];
  const nura = start('nura', core, './Nura.Api', [], nuraSettings(ports.nura, database, key, server), api);
  const nuraMs = await ready(`http://127.0.0.1:${ports.nura}/alive`, nura, begun[0]);
  begun.push(process.hrtime.bigint());
  const portkey = start('portkey', core, 'node', ['--require', './loopback.cjs', 'node_modules/@portkey-ai/gateway/build/start-server.js', `--port=${ports.portkey}`, '--headless'], { NODE_ENV: 'production' });
  const portkeyMs = await ready(`http://127.0.0.1:${ports.portkey}/`, portkey, begun[1]);
  return { nura, portkey, startMs: { nura: nuraMs, portkey: portkeyMs } };
}

async function pass(mode, core) {
  const starts = { nura: [], portkey: [] };
  let nura, portkey;
  for (let round = 0; round < rounds; round++) {
    if (nura) await stop(nura, portkey);
    const begun = await startBoth(core);
    ({ nura, portkey } = begun);
    for (const who of Object.keys(starts)) starts[who].push(begun.startMs[who]);
  }

  const bare = start('bare', core, path.join(bareFolder, 'Bare'), [server], { DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS: '1', ASPNETCORE_URLS: `http://127.0.0.1:${ports.bare}` });
  await ready(`http://127.0.0.1:${ports.bare}/`, bare, process.hrtime.bigint());
  const startMs = { nura: median(starts.nura), portkey: median(starts.portkey) };
  const processes = { nura: { port: ports.nura, pid: nura.pid }, portkey: { port: ports.portkey, pid: portkey.pid }, bare: { port: ports.bare, pid: bare.pid }, direct: { port: ports.upstream, pid: upstream.pid } };
  const without = ({ direct, ...rest }) => rest;
  const withBare = targets => ({ ...targets, bare: targets.direct });

  // Runtimes compile while they run, and none is timed cold: on one busy core the code that all requests share takes .NET twenty seconds and more.
  for (const [name, target] of Object.entries(cases)) {
    for (const who of ['nura', 'portkey', ...(target.direct ? ['bare'] : [])]) {
      load(`warm-${name}`, who, target[who] ?? target.direct, processes[who].port, processes[who].pid, 64, name === 'chat' ? 24 : 9, upstream.pid);
    }
  }

  const ratio = (result, field, who = 'nura') => result[who][field] / result.portkey[field];
  const added = (result, field, who = 'nura') => Math.max(result[who][field] - result.direct[field], 0) / (result.portkey[field] - result.direct[field]);
  const chat = measure(mode, 'chat', 64, withBare(cases.chat), processes);
  const stream = measure(mode, 'stream', 64, withBare(cases.stream), processes);
  const single = measure(mode, 'chat', 1, withBare(cases.chat), processes);
  const bedrock = measure(mode, 'bedrock', 64, cases.bedrock, processes);
  const bedrockStream = measure(mode, 'bedrock stream', 64, cases.bedrockStream, processes);
  const large = measure(mode, 'large prompt', 64, without(withBare(cases.large)), processes);
  const fallback = measure(mode, 'fallback', 64, cases.fallback, processes);
  const embeddings = measure(mode, 'embeddings', 64, without(withBare(cases.embeddings)), processes);
  const slowest = { nura: [], portkey: [] };
  for (let round = 0; round < rounds; round++) {
    for (const who of Object.keys(slowest)) slowest[who].push(p99(cases.chat[who], ports[who]));
  }

  const slow = { nura: median(slowest.nura), portkey: median(slowest.portkey) };
  console.error(`${mode} autocannon p99: nura ${slow.nura} ms, portkey ${slow.portkey} ms`);


  const held = {};
  for (const streams of quick ? [64] : [64, 128]) {
    held[streams] = { direct: paced('direct', ports.upstream, headers.direct, streams), nura: paced('nura', ports.nura, headers.nura, streams), portkey: paced('portkey', ports.portkey, headers.portkey, streams) };
  }

  const most = async (who, port, header) => {
    let best = 0;
    for (const streams of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]) {
      const [direct, through] = [paced('direct', ports.upstream, headers.direct, streams), paced(who, port, header, streams)];
      if (through.errors > 0 || through.p99 - direct.p99 >= 50) break;
      best = streams;
    }
    return best;
  };
  const most13 = quick ? {} : { nura: await most('nura', ports.nura, headers.nura), portkey: await most('portkey', ports.portkey, headers.portkey) };
  const peak = { nura: memoryPeak(nura.pid), portkey: memoryPeak(portkey.pid) };
  await stop(nura, portkey, bare);
  const platform = {
    G1: ratio(chat, 'rps', 'bare'), G2: ratio(stream, 'rps', 'bare'), G5: added(single, 'p50', 'bare'),
    G7: Math.max(ratio(chat, 'cpuMs', 'bare'), ratio(stream, 'cpuMs', 'bare')), G8: ratio(large, 'rps', 'bare'), G11: ratio(embeddings, 'rps', 'bare'),
  };
  console.log(`${mode}, bare / Portkey: ${JSON.stringify(rounded(platform))}`);
  rows.push({ mode, name: 'paced, first byte', held, most13 }, { mode, name: 'start and memory', startMs, peak, p99: slow });
  return {
    G1: ratio(chat, 'rps'), G2: ratio(stream, 'rps'), G3: ratio(bedrock, 'rps'), G4: ratio(bedrockStream, 'rps'),
    G5: added(single, 'p50'),
    G6: Math.max(...Object.values(held).map(one => Math.max(one.nura.p50 - one.direct.p50, 0) / (one.portkey.p50 - one.direct.p50))),
    G7: Math.max(ratio(chat, 'cpuMs'), ratio(stream, 'cpuMs')),
    G8: ratio(large, 'rps'), G9: slow.nura / slow.portkey, G10: fallback.nura.failed > 0 ? 0 : ratio(fallback, 'rps'), G11: ratio(embeddings, 'rps'),
    G12: peak.nura / peak.portkey, // Who holds none counts as one: the ratio is the least it can be.
    G13: most13.nura / Math.max(most13.portkey, 1), G14: startMs.nura / startMs.portkey,
  };
}

const rounded = result => Object.fromEntries(Object.entries(result).map(([name, value]) => [name, Number.isFinite(value) ? Number(value.toPrecision(3)) : null]));
const pinned = rounded(await pass('one core', 0));
const unpinned = quick ? null : rounded(await pass('both cores', null));
await stop(upstream);
fs.mkdirSync(path.join(import.meta.dirname, 'results'), { recursive: true });
fs.writeFileSync(path.join(import.meta.dirname, 'results', 'last.json'), JSON.stringify({ at: new Date().toISOString(), quick, cpus: os.cpus().length, model: os.cpus()[0].model, pinned, unpinned, rows }, null, 1));
console.log('| mode | scenario | connections | through | requests/s | p50 ms | p99 ms | CPU ms/request | failed | foreign cores |');
console.log('|---|---|---|---|---|---|---|---|---|---|');
for (const row of rows.filter(row => row.rps)) {
  console.log(`| ${row.mode} | ${row.name} | ${row.connections} | ${row.who} | ${row.rps.toFixed(0)} | ${row.p50.toFixed(2)} | ${row.p99.toFixed(1)} | ${row.who === 'direct' ? '' : row.cpuMs.toFixed(3)} | ${row.failed} | ${Math.max(row.busyCores - row.ownCores, 0).toFixed(2)} (with wrk) |`);
}
console.log(`one core: ${JSON.stringify(pinned)}`);
if (unpinned) console.log(`both cores: ${JSON.stringify(unpinned)}`);
console.log(JSON.stringify(pinned));
process.exit(0);
