// Asks an endpoint that speaks Bedrock with AWS' own client: text, a stream, a tool loop and an error; with a model id of Claude also by InvokeModel, in Claude's own body.
// Usage: node bedrock.mjs <endpoint> <model id> [<embedding model id> [<Cohere embedding model id>]]. Prints one JSON object.
// Signs with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sends AWS_BEARER_TOKEN_BEDROCK.
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand, InvokeModelCommand, InvokeModelWithResponseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';

const [endpoint, modelId, embeddingId, cohereId] = process.argv.slice(2);
const client = new BedrockRuntimeClient({ endpoint, region: 'us-east-1', maxAttempts: 1, requestHandler: new NodeHttpHandler() });
const user = text => ({ role: 'user', content: [{ text }] });
const toolConfig = { tools: [{ toolSpec: { name: 'read_file', inputSchema: { json: { type: 'object' } } } }] };
const failure = async call => { try { await call(); } catch (error) { return { name: error.name, status: error.$metadata?.httpStatusCode, message: error.message }; } };

async function converse(messages, more = {}) {
  const { output, stopReason, usage } = await client.send(new ConverseCommand({ modelId, messages, ...more }));
  return { content: output.message.content, stopReason, usage };
}

async function stream(messages, more = {}) {
  const { stream } = await client.send(new ConverseStreamCommand({ modelId, messages, ...more }));
  const result = { text: '', input: '', events: 0 };
  for await (const event of stream) {
    result.events++;
    result.text += event.contentBlockDelta?.delta?.text ?? '';
    result.input += event.contentBlockDelta?.delta?.toolUse?.input ?? '';
    result.stopReason = event.messageStop?.stopReason ?? result.stopReason;
    result.usage = event.metadata?.usage ?? result.usage;
  }
  return result;
}

const decoder = new TextDecoder();
const claude = (content, more = {}) => JSON.stringify({ anthropic_version: 'bedrock-2023-05-31', max_tokens: 100, messages: [{ role: 'user', content }], ...more });
const tools = [{ name: 'read_file', description: 'Reads a file.', input_schema: { type: 'object' } }];

async function invoke(body, id = modelId) {
  return JSON.parse(decoder.decode((await client.send(new InvokeModelCommand({ modelId: id, contentType: 'application/json', body }))).body));
}

async function invokeStream(body) {
  const result = { text: '', input: '', types: [] };
  for await (const event of (await client.send(new InvokeModelWithResponseStreamCommand({ modelId, contentType: 'application/json', body }))).body) {
    const piece = JSON.parse(decoder.decode(event.chunk.bytes));
    result.types.push(piece.type);
    result.text += piece.delta?.text ?? '';
    result.input += piece.delta?.partial_json ?? '';
    result.reason = piece.delta?.stop_reason ?? result.reason;
    result.output = piece.usage?.output_tokens ?? result.output;
  }
  return result;
}

const text = await converse([user('one two three')]);
const streamed = await stream([user('one two three')]);
const call = await converse([user('read it')], { toolConfig });
const answer = await converse([
  user('read it'),
  { role: 'assistant', content: call.content },
  { role: 'user', content: [{ toolResult: { toolUseId: call.content[0].toolUse.toolUseId, content: [{ text: 'four five' }] } }] },
], { toolConfig });
const streamedCall = await stream([user('read it')], { toolConfig });
const error = await failure(() => converse([{ role: 'assistant', content: [{ text: 'me first' }] }]));
const noModel = await failure(() => client.send(new ConverseCommand({ modelId: 'nobody', messages: [user('x')] })));

const invoked = {
  text: await invoke(claude('one two three')),
  streamed: await invokeStream(claude('one two three')),
  call: await invoke(claude('read it', { tools })),
  streamedCall: await invokeStream(claude('read it', { tools })),
  error: await failure(() => invoke(JSON.stringify({ anthropic_version: 'bedrock-2023-05-31', messages: [] }))),
};
const use = invoked.call.content[0];
invoked.answer = await invoke(claude('', { tools, messages: [
  { role: 'user', content: 'read it' },
  { role: 'assistant', content: invoked.call.content },
  { role: 'user', content: [{ type: 'tool_result', tool_use_id: use.id, content: [{ type: 'text', text: 'four five' }] }] },
] }));

const vector = embeddingId ? (await invoke(JSON.stringify({ inputText: 'some text' }), embeddingId)).embedding.length : undefined;
const vectors = cohereId ? (await invoke(JSON.stringify({ texts: ['a', 'bcd'], input_type: 'search_document' }), cohereId)).embeddings.map(one => [one.length, one[0]]) : undefined;

console.log(JSON.stringify({ text, streamed, call, answer, streamedCall, error, noModel, invoked, vector, vectors }));
