// Asks an endpoint that speaks Anthropic's dialect with the official client: text, a stream, a tool loop, a count and errors.
// Usage: node anthropic.mjs <base url> <model>. Prints one JSON object; the key is in ANTHROPIC_API_KEY.
import Anthropic from '@anthropic-ai/sdk';

const [baseURL, model] = process.argv.slice(2);
const client = new Anthropic({ baseURL, maxRetries: 0 });
const ask = (content, more = {}) => ({ model, max_tokens: 100, messages: [{ role: 'user', content }], ...more });
const tools = [{ name: 'read_file', description: 'Reads a file.', input_schema: { type: 'object', properties: { path: { type: 'string' } } } }];
const failure = async call => { try { await call(); } catch (error) { return { name: error.constructor.name, status: error.status, type: error.error?.error?.type, message: error.message }; } };

const text = await client.messages.create(ask('one two three', { system: [{ type: 'text', text: 'Be brief.' }] }));
const streamed = await client.messages.stream(ask('one two three')).finalMessage();
const call = await client.messages.stream(ask('read it', { tools })).finalMessage();
const use = call.content.find(block => block.type === 'tool_use');
const answer = await client.messages.create(ask('read it', {
  tools,
  messages: [
    { role: 'user', content: 'read it' },
    { role: 'assistant', content: call.content },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: use.id, content: [{ type: 'text', text: 'four five' }] }] },
  ],
}));
const count = await client.messages.countTokens({ model, messages: [{ role: 'user', content: 'x'.repeat(400) }] });
const badRequest = await failure(() => client.messages.create({ model, messages: [{ role: 'user', content: 'x' }] }));
const noModel = await failure(() => client.messages.create(ask('x', { model: 'nobody' })));
const noKey = await failure(() => new Anthropic({ baseURL, maxRetries: 0, apiKey: 'wrong' }).messages.create(ask('x')));
const models = (await client.models.list().catch(() => ({ data: [] }))).data.length;
console.log(JSON.stringify({ text, streamed, call, answer, count, badRequest, noModel, noKey, models }));
