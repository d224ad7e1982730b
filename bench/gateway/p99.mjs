// The 99th percentile of the time to answer at 64 connections, by autocannon; every request is another one, so that no cache can answer it.
// Usage: node p99.mjs <url> <headers as JSON> <body> <seconds>. Prints milliseconds.
import autocannon from 'autocannon';
import { marker } from './scenarios.mjs';

const [url, headers, body, seconds] = process.argv.slice(2);
let sent = 0;
const result = await autocannon({
  url, connections: 64, duration: Number(seconds), method: 'POST', headers: JSON.parse(headers),
  requests: [{ setupRequest: request => ({ ...request, body: body.replace(marker, `${process.pid}-${++sent}`) }) }],
});
if (result['2xx'] === 0 || result.non2xx > 0 || result.errors > 0) throw new Error(`${result['2xx']} answers, ${result.non2xx} refusals, ${result.errors} errors`);
console.log(result.latency.p99);
