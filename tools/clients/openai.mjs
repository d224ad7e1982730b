// Asks an endpoint that speaks OpenAI's dialect with the official client: chat and responses, whole and streamed, tool loops, errors; vectors if a model for them is named.
// Usage: node openai.mjs <base url with /v1> <model> [<embedding model>]. Prints one JSON object; the key is in OPENAI_API_KEY.
import OpenAI from 'openai';

const [baseURL, model, embeddingModel] = process.argv.slice(2);
const client = new OpenAI({ baseURL, maxRetries: 0 });
const parameters = { type: 'object', properties: { path: { type: 'string' } } };
const failure = async call => { try { await call(); } catch (error) { return { name: error.constructor.name, status: error.status, code: error.code, param: error.param, message: error.message }; } };

async function chat() {
  const ask = (content, more = {}) => ({ model, messages: [{ role: 'user', content }], ...more });
  const tools = [{ type: 'function', function: { name: 'read_file', parameters } }];
  const text = await client.chat.completions.create(ask('one two three'));
  const streamed = await client.chat.completions.stream(ask('one two three', { stream_options: { include_usage: true } })).finalChatCompletion();
  const call = await client.chat.completions.stream(ask('read it', { tools })).finalChatCompletion();
  const { message } = call.choices[0];
  const answer = await client.chat.completions.create(ask('read it', {
    tools,
    messages: [{ role: 'user', content: 'read it' }, { role: 'assistant', content: message.content, tool_calls: message.tool_calls }, { role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'four five' }],
  }));
  const noModel = await failure(() => client.chat.completions.create(ask('x', { model: 'nobody' })));
  const badRequest = await failure(() => client.chat.completions.create({ model: 'nobody' }));
  const noKey = await failure(() => new OpenAI({ baseURL, maxRetries: 0, apiKey: 'wrong' }).chat.completions.create(ask('x')));
  return { text, streamed, call, answer, noModel, badRequest, noKey };
}

async function responses() {
  const tools = [{ type: 'function', name: 'read_file', parameters, strict: false }];
  const text = await client.responses.create({ model, input: 'one two three', instructions: 'Be brief.', metadata: { a: 'b' } });
  const events = [];
  for await (const event of await client.responses.create({ model, input: [{ role: 'user', content: [{ type: 'input_text', text: 'one two three' }] }], stream: true })) events.push(event);
  const streamed = await client.responses.stream({ model, input: 'one two three' }).finalResponse();
  const call = await client.responses.create({ model, input: 'read it', tools });
  const [item] = call.output;
  // Once by the name of the response before, once with everything sent again.
  const answer = await client.responses.create({ model, previous_response_id: call.id, input: [{ type: 'function_call_output', call_id: item.call_id, output: 'four five' }], tools });
  const again = await client.responses.create({ model, store: false, input: [{ role: 'user', content: 'read it' }, item, { type: 'function_call_output', call_id: item.call_id, output: 'four five' }], tools });
  const callEvents = [];
  for await (const event of client.responses.stream({ model, input: 'read it', tools })) callEvents.push(event);
  const custom = await client.responses.create({ model, input: 'read it', tools: [{ type: 'custom', name: 'patch', description: 'Applies a patch.' }] });
  const found = await client.responses.retrieve(text.id);
  await client.responses.delete(text.id);
  return {
    text, streamed, call, answer, again, found, custom,
    events: events.map(event => event.type), sequence: events.map(event => event.sequence_number), last: events.at(-1),
    callEvents: callEvents.map(event => event.type),
    gone: await failure(() => client.responses.retrieve(text.id)),
    notKept: await failure(() => client.responses.create({ model, input: 'x', previous_response_id: again.id })),
    noModel: await failure(() => client.responses.create({ model: 'nobody', input: 'x' })),
    badRequest: await failure(() => client.responses.create({ model })),
  };
}

const vectors = embeddingModel ? (await client.embeddings.create({ model: embeddingModel, input: ['a', 'bcd'] })).data.map(vector => [vector.embedding.length, vector.embedding[0]]) : undefined;
const models = (await client.models.list()).data.map(entry => entry.id);
console.log(JSON.stringify({ chat: await chat(), responses: await responses(), vectors, models }));
