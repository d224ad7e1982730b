// Holds so many paced streams (an event each 20 ms) and reports when their first bytes came.
// Usage: node paced.mjs <url> <headers as JSON> <body> <streams> <seconds>. Prints one JSON object, times in milliseconds.
import http from 'node:http';
import { marker } from './scenarios.mjs';

const [url, headerText, body, streams, seconds] = process.argv.slice(2);
const headers = JSON.parse(headerText);
const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });
const first = [];
let errors = 0;
let sent = 0;
let stopped = false;

function one() {
  if (stopped) return;
  const started = process.hrtime.bigint();
  let seen = false;
  const text = body.replace(marker, `${process.pid}-${++sent}`);
  const request = http.request(url, { method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(text) }, agent }, response => {
    if (response.statusCode !== 200) errors++;
    response.on('data', () => {
      if (!seen) first.push(Number(process.hrtime.bigint() - started) / 1e6);
      seen = true;
    });
    response.on('end', one);
  });
  request.on('error', () => { errors++; setTimeout(one, 50); });
  request.end(text);
}

for (let i = 0; i < Number(streams); i++) setTimeout(one, Math.random() * 1500);
setTimeout(() => {
  stopped = true;
  first.sort((a, b) => a - b);
  const at = share => first[Math.min(first.length - 1, Math.floor(first.length * share))] ?? null;
  console.log(JSON.stringify({ streams: Number(streams), begun: first.length, p50: at(0.5), p99: at(0.99), errors }));
  process.exit(0);
}, Number(seconds) * 1000);
