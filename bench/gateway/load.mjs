// Loads a gateway for some seconds, and counts what it did and what it took.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { busy, cpu } from './machine.mjs';
import { folder } from './processes.mjs';
import { marker } from './scenarios.mjs';

/**
 * Every request is another one, so that no cache can answer it: the marker in the body becomes a number, always of the same length.
 * So the request is put together once, and the load generator, which shares the processor, joins three strings each time.
 */
function script(name, target) {
  const file = path.join(folder, `${name}.lua`);
  const [before, after] = JSON.stringify(target.body).split(marker);
  const run = process.hrtime.bigint();
  const length = Buffer.byteLength(before + after) + `0-000000000-${run}`.length;
  const head = [`POST ${target.path} HTTP/1.1`, 'Host: 127.0.0.1', `Content-Length: ${length}`, ...Object.entries(target.headers).map(([header, value]) => `${header}: ${value}`)].join('\r\n');
  fs.writeFileSync(file, [
    'local threads, sent = 0, 0', 'setup = function(thread) thread:set("id", threads); threads = threads + 1 end',
    `local before, after = ${JSON.stringify(`${head}\r\n\r\n`)} .. [==[${before}]==], [==[-${run}${after}]==]`,
    'request = function() sent = sent + 1; return before .. string.format("%d-%09d", id, sent) .. after end',
    `done = function(s, l, r) io.write(string.format('JSON {"requests":%d,"us":%d,"failed":%d,"p50":%.3f,"p99":%.1f}\\n', s.requests, s.duration,`,
    '  s.errors.status + s.errors.connect + s.errors.read + s.errors.write + s.errors.timeout, l:percentile(50) / 1000, l:percentile(99) / 1000)) end', '',
  ].join('\n'));
  return file;
}

/** One run. Target: what is asked; upstream: the process behind the gateway. */
export function load(name, who, target, port, pid, connections, length, upstream) {
  const file = script(`${name}-${who}`, target);
  const [busyBefore, gatewayBefore, upstreamBefore] = [busy(), cpu(pid), cpu(upstream)];
  const run = spawnSync('wrk', ['-t', connections === 1 ? '1' : '2', '-c', String(connections), '-d', `${length}s`, '--timeout', '20s', '-s', file, `http://127.0.0.1:${port}`], { encoding: 'utf8' });
  const found = run.stdout.match(/JSON (\{.*\})/);
  if (!found) throw new Error(`wrk failed: ${run.stdout} ${run.stderr}`);
  const result = JSON.parse(found[1]);
  const gateway = cpu(pid) - gatewayBefore;
  return {
    rps: result.requests / (result.us / 1e6), p50: result.p50, p99: result.p99, failed: result.failed,
    cpuMs: gateway * 1000 / result.requests,
    busyCores: (busy() - busyBefore) / (result.us / 1e6), ownCores: (gateway + cpu(upstream) - upstreamBefore) / (result.us / 1e6),
  };
}
