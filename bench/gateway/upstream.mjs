// The upstream both gateways are measured against: OpenAI chat (whole and streamed), embeddings, a path that always answers 503,
// and Bedrock's converse and converse-stream. Answers are fixed and made once. Loopback only.
// Usage: node upstream.mjs <port>
import http from 'node:http';
import { crc32 } from 'node:zlib';

const words = Array.from({ length: 200 }, (_, i) => `${['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta'][i % 8]}${i % 7}`);
const text = words.join(' ');
const usage = { prompt_tokens: 25, completion_tokens: 200, total_tokens: 225, prompt_tokens_details: { cached_tokens: 0 } };
const base = { id: 'chatcmpl-bench', created: 1760000000, model: 'mock-1' };
const json = value => Buffer.from(JSON.stringify(value));

const completion = json({ ...base, object: 'chat.completion', choices: [{ index: 0, message: { role: 'assistant', content: text, refusal: null }, logprobs: null, finish_reason: 'stop' }], usage });
const chunk = (choices, more) => Buffer.from(`data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices, ...more })}\n\n`);
const delta = (value, finish_reason = null) => chunk([{ index: 0, delta: value, logprobs: null, finish_reason }]);
const events = [delta({ role: 'assistant', content: '' }), ...words.map(word => delta({ content: `${word} ` })), delta({}, 'stop'), chunk([], { usage }), Buffer.from('data: [DONE]\n\n')];
const embedding = json({ object: 'list', data: [{ object: 'embedding', index: 0, embedding: Array.from({ length: 1024 }, (_, i) => Math.sin(i) / 10) }], model: 'mock-embed', usage: { prompt_tokens: 8, total_tokens: 8 } });
const failure = json({ error: { message: 'overloaded', type: 'server_error', param: null, code: null } });

const bedrockUsage = { inputTokens: 25, outputTokens: 200, totalTokens: 225 };
const converse = json({ metrics: { latencyMs: 12 }, output: { message: { role: 'assistant', content: [{ text }] } }, stopReason: 'end_turn', usage: bedrockUsage });

function frame(type, body) {
  const headers = Buffer.concat([[':event-type', type], [':content-type', 'application/json'], [':message-type', 'event']].map(([name, value]) =>
    Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7, value.length >> 8, value.length & 255]), Buffer.from(value)])));
  const payload = json(body);
  const bytes = Buffer.alloc(16 + headers.length + payload.length);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.writeUInt32BE(headers.length, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  headers.copy(bytes, 12);
  payload.copy(bytes, 12 + headers.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, bytes.length - 4)), bytes.length - 4);
  return bytes;
}

const frames = [
  frame('messageStart', { role: 'assistant', p: 'abcd' }),
  ...words.map(word => frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: `${word} ` }, p: 'abcdefghijkl' })),
  frame('contentBlockStop', { contentBlockIndex: 0, p: 'ab' }),
  frame('messageStop', { stopReason: 'end_turn', p: 'abc' }),
  frame('metadata', { metrics: { latencyMs: 12 }, usage: bedrockUsage, p: 'abc' }),
];

// About twenty events a write, as a busy provider sends them.
const groups = list => Array.from({ length: Math.ceil(list.length / 20) }, (_, i) => Buffer.concat(list.slice(i * 20, i * 20 + 20)));
const eventGroups = groups(events);
const frameGroups = groups(frames);

function send(response, type, body, status = 200) {
  response.writeHead(status, { 'content-type': type, 'content-length': body.length });
  response.end(body);
}

function stream(response, type, parts, pace) {
  response.writeHead(200, { 'content-type': type });
  if (!pace) {
    parts.forEach(part => response.write(part));
    response.end();
    return;
  }

  let i = 0;
  const timer = setInterval(() => {
    if (i >= parts.length || response.destroyed) {
      clearInterval(timer);
      response.end();
    } else {
      response.write(parts[i++]);
    }
  }, pace);
}

http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const chat = request.url.includes('/chat/completions');
  const parts = [];
  // What is looked for stands in the first or the last bytes; reading all of a long prompt would make this the slowest of all.
  const edge = 300;
  request.on('data', data => { if (chat) parts.push(data); });
  request.on('end', () => {
    if (request.url.startsWith('/fail')) send(response, 'application/json', failure, 503);
    else if (request.url.includes('/embeddings')) send(response, 'application/json', embedding);
    else if (request.url.includes('/converse-stream')) stream(response, 'application/vnd.amazon.eventstream', frameGroups);
    else if (request.url.includes('/converse')) send(response, 'application/json', converse);
    else if (/"stream":\s?true/.test(Buffer.concat(parts.slice(-2)).subarray(-edge).latin1Slice())) {
      const pace = Number(parts[0].subarray(0, edge).latin1Slice().match(/"user":\s?"pace-(\d+)"/)?.[1] ?? 0);
      stream(response, 'text/event-stream; charset=utf-8', pace ? events : eventGroups, pace);
    } else send(response, 'application/json', completion);
  });
}).listen(Number(process.argv[2]), '127.0.0.1', 4096);
