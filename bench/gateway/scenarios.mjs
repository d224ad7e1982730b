// What is asked, in the words of each gateway. Direct requests go to the upstream as they are.
const messages = [
  { role: 'system', content: 'You are a helpful coding assistant.' },
  { role: 'user', content: 'Write a C# method that parses an ISO date and returns a DateOnly. Explain briefly.' },
];

/** Stands in every body for what makes a request unlike the others. */
export const marker = 'another-one';

const chat = { model: 'mock-1', user: marker, messages, max_tokens: 400, temperature: 0.2 };
const streamed = { ...chat, stream: true, stream_options: { include_usage: true } };
const large = { ...chat, messages: [...messages, { role: 'user', content: 'public sealed class Foo { } // lorem ipsum dolor \n'.repeat(4000) }] };
const bedrock = 'anthropic.claude-3-haiku-20240307-v1:0';
const completions = '/v1/chat/completions';
const plain = { 'content-type': 'application/json' };

export const pacedBody = JSON.stringify({ ...streamed, user: `pace-20-${marker}` });

export function headersOf({ nura, portkey, upstream }, key) {
  const host = `http://127.0.0.1:${upstream}`;
  return {
    direct: { ...plain, authorization: 'Bearer any' },
    nura: { ...plain, authorization: `Bearer ${key}` },
    portkey: { ...plain, authorization: 'Bearer any', 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${host}/v1` },
    portkeyBedrock: {
      ...plain, 'x-portkey-provider': 'bedrock', 'x-portkey-aws-access-key-id': 'AKIAEXAMPLE', 'x-portkey-aws-secret-access-key': 'secretsecret',
      'x-portkey-aws-region': 'us-east-1', 'x-portkey-custom-host': host,
    },
    portkeyFallback: {
      ...plain, 'x-portkey-config': JSON.stringify({
        strategy: { mode: 'fallback', on_status_codes: [503] },
        targets: [{ provider: 'openai', api_key: 'k', custom_host: `${host}/fail` }, { provider: 'openai', api_key: 'k', custom_host: `${host}/v1` }],
      }),
    },
  };
}

/** Each has a request for Nura and one for Portkey; some also one without a gateway. */
export function scenarios(headers) {
  const both = (path, body) => ({
    nura: { path, body, headers: headers.nura }, portkey: { path, body, headers: headers.portkey }, direct: { path, body, headers: headers.direct },
  });
  const same = (body, model, portkeyHeaders) => ({
    nura: { path: completions, body: { ...body, model: model.nura }, headers: headers.nura },
    portkey: { path: completions, body: { ...body, model: model.portkey }, headers: portkeyHeaders },
  });
  return {
    chat: both(completions, chat),
    stream: both(completions, streamed),
    bedrock: same(chat, { nura: 'claude-haiku-4-5', portkey: bedrock }, headers.portkeyBedrock),
    bedrockStream: same(streamed, { nura: 'claude-haiku-4-5', portkey: bedrock }, headers.portkeyBedrock),
    large: both(completions, large),
    fallback: same(chat, { nura: 'mock-down', portkey: 'mock-1' }, headers.portkeyFallback),
    embeddings: both('/v1/embeddings', { model: 'mock-embed', user: marker, input: ['hello world this is a chunk of code to embed'] }),
  };
}
