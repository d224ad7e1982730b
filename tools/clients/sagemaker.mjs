// Asks an endpoint that speaks SageMaker's runtime with AWS' own client: a chat, a stream, vectors and errors.
// Usage: node sagemaker.mjs <address> <chat endpoint> <embedding endpoint>. Prints one JSON object; signs with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
import { InvokeEndpointCommand, InvokeEndpointWithResponseStreamCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';

const [endpoint, chat, embedding] = process.argv.slice(2);
const client = new SageMakerRuntimeClient({ endpoint, region: 'us-east-1', maxAttempts: 1 });
const decoder = new TextDecoder();
const ask = (EndpointName, body) => ({ EndpointName, ContentType: 'application/json', Body: JSON.stringify(body) });
const invoke = async (name, body) => JSON.parse(decoder.decode((await client.send(new InvokeEndpointCommand(ask(name, body)))).Body));
const failure = async call => { try { await call(); } catch (error) { return { name: error.name, status: error.$metadata?.httpStatusCode, original: error.OriginalStatusCode, message: error.message }; } };
const messages = [{ role: 'user', content: 'one two three' }];

const text = (await invoke(chat, { messages })).choices[0].message.content;
const { Body, ContentType } = await client.send(new InvokeEndpointWithResponseStreamCommand(ask(chat, { messages, stream: true })));
let streamed = '', parts = 0;
for await (const event of Body) {
  streamed += decoder.decode(event.PayloadPart.Bytes, { stream: true });
  parts++;
}

console.log(JSON.stringify({
  text, streamed, parts, contentType: ContentType,
  vectors: (await invoke(embedding, { inputs: ['a', 'bcd'] })).map(vector => [vector.length, vector[0]]),
  refused: await failure(() => invoke(chat, {})),
  missing: await failure(() => invoke('nobody', { messages })),
}));
