// Compares builds of Nura's API with each other: the same load, in turns, on one core. Started by builds.sh.
// Usage: node builds.mjs <connection string> <seconds per round> <rounds> <name=folder of the published Nura.Api>...
import { load } from './load.mjs';
import { cpu, freePort, median, memoryPeak } from './machine.mjs';
import { nuraSettings, ready, start, stop } from './processes.mjs';
import { headersOf, scenarios } from './scenarios.mjs';

const [database, seconds, rounds, ...given] = process.argv.slice(2);
const builds = given.map(one => ({ name: one.slice(0, one.indexOf('=')), folder: one.slice(one.indexOf('=') + 1) }));
const key = 'nura_bench-key-only-for-this-run';
const upstreamPort = await freePort();
const server = `http://127.0.0.1:${upstreamPort}`;
const upstream = start('upstream', null, 'node', ['upstream.mjs', String(upstreamPort)]);
await ready(server, upstream, process.hrtime.bigint());
const cases = scenarios(headersOf({ upstream: upstreamPort }, key));
const run = (build, name, length) => load(name, build.name, cases[name].nura, build.port, build.process.pid, 64, length, upstream.pid);

async function begin(build) {
  build.port = await freePort();
  const begun = process.hrtime.bigint();
  build.process = start(build.name, 0, './Nura.Api', [], nuraSettings(build.port, database, key, server), build.folder);
  return ready(`http://127.0.0.1:${build.port}/alive`, build.process, begun);
}

for (let round = 0; round < 5; round++) {
  for (const build of builds) {
    if (build.process) await stop(build.process);
    (build.starts ??= []).push(await begin(build));
    (build.startCpu ??= []).push(cpu(build.process.pid) * 1000);
    (build.startMb ??= []).push(memoryPeak(build.process.pid));
  }
}

for (const build of builds) console.log(`${build.name}: ready after ${median(build.starts).toFixed(0)} ms, ${median(build.startCpu).toFixed(0)} ms of CPU, ${median(build.startMb).toFixed(0)} MB`);

// From the first second on: how long a start is slow.
for (const build of builds) {
  const first = [1, 2, 3, 4].map(() => run(build, 'chat', 2).rps.toFixed(0));
  console.log(`${build.name}: chat from the start on, requests/s in rounds of two seconds: ${first.join(', ')}`);
}

for (const name of ['chat', 'stream', 'bedrock', 'bedrockStream', 'large', 'embeddings']) {
  const runs = Object.fromEntries(builds.map(build => [build.name, []]));
  for (const build of builds) run(build, name, name === 'chat' ? 20 : 8);
  for (let round = 0; round < Number(rounds); round++) {
    for (const build of builds) runs[build.name].push(run(build, name, Number(seconds)));
  }

  for (const build of builds) {
    const all = runs[build.name];
    console.log(`${name} ${build.name}: ${median(all.map(one => one.rps)).toFixed(0)} requests/s (${all.map(one => one.rps.toFixed(0)).join(', ')}), CPU ${median(all.map(one => one.cpuMs)).toFixed(3)} ms, p50 ${median(all.map(one => one.p50))} p99 ${median(all.map(one => one.p99))} ms, failed ${all.reduce((sum, one) => sum + one.failed, 0)}, highest memory so far ${memoryPeak(build.process.pid).toFixed(0)} MB`);
  }
}

await stop(...builds.map(build => build.process), upstream);
process.exit(0);
