// Asks an endpoint that speaks Bedrock with AWS' own client: text, a stream, a tool loop and an error.
// Usage: node bedrock.mjs <endpoint> <model id> [<embedding model id>]. Prints one JSON object; signs with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';

const [endpoint, modelId, embeddingId] = process.argv.slice(2);
const client = new BedrockRuntimeClient({ endpoint, region: 'us-east-1', maxAttempts: 1, requestHandler: new NodeHttpHandler() });
const user = text => ({ role: 'user', content: [{ text }] });
const toolConfig = { tools: [{ toolSpec: { name: 'read_file', inputSchema: { json: { type: 'object' } } } }] };

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

const text = await converse([user('one two three')]);
const streamed = await stream([user('one two three')]);
const call = await converse([user('read it')], { toolConfig });
const answer = await converse([
  user('read it'),
  { role: 'assistant', content: call.content },
  { role: 'user', content: [{ toolResult: { toolUseId: call.content[0].toolUse.toolUseId, content: [{ text: 'four five' }] } }] },
], { toolConfig });
const streamedCall = await stream([user('read it')], { toolConfig });
let error;
try {
  await converse([{ role: 'assistant', content: [{ text: 'me first' }] }]);
} catch (exception) {
  error = { name: exception.name, status: exception.$metadata?.httpStatusCode };
}

let vector;
if (embeddingId) {
  const { body } = await client.send(new InvokeModelCommand({ modelId: embeddingId, contentType: 'application/json', body: JSON.stringify({ inputText: 'some text' }) }));
  vector = JSON.parse(new TextDecoder().decode(body)).embedding.length;
}

console.log(JSON.stringify({ text, streamed, call, answer, streamedCall, error, vector }));
