// An OpenID Connect provider, certified as such, on a port of its own: what a team's identity provider is to Nura.
// Its people stand in a file, read with each sign-in: {"ana": {"email": "...", "email_verified": true, "groups": ["..."]}}. Whoever comes is asked who they are by links;
// &login_hint=ana in the address answers that.
// Usage: node provider.mjs FILE CLIENT_ID CLIENT_SECRET AUDIENCE; prints its issuer and serves until it is ended.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [file, clientId, clientSecret, audience] = process.argv.slice(2);
const people = async () => JSON.parse(await readFile(file, 'utf8'));
const scope = 'openid profile email groups';

let handle;
const server = createServer((request, response) => handle(request, response)).listen(0, '127.0.0.1');
await new Promise(listening => server.once('listening', listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  // A native client's callback may be at any port of the loopback (RFC 8252, 7.3).
  clients: [{ client_id: clientId, client_secret: clientSecret, application_type: 'native', redirect_uris: ['http://127.0.0.1/signin/callback'] }],
  claims: { openid: ['sub'], profile: ['preferred_username'], email: ['email', 'email_verified'], groups: ['groups'] },
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    // Clients of the Model Context Protocol register themselves and name what they want a token for.
    registration: { enabled: true },
    resourceIndicators: { enabled: true, getResourceServerInfo: () => ({ scope: '', audience, accessTokenFormat: 'jwt' }), useGrantedResource: () => true },
  },
  interactions: { url: (_, interaction) => `/who/${interaction.uid}` },
  findAccount: async (_, id) => ({ accountId: id, claims: async () => ({ sub: id, preferred_username: id, ...(await people())[id] }) }),
  async loadExistingGrant({ oidc }) {
    const grant = new provider.Grant({ accountId: oidc.session.accountId, clientId: oidc.client.clientId });
    grant.addOIDCScope(scope);
    await grant.save();
    return grant;
  },
});

const callback = provider.callback();
handle = async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, issuer);
  if (!pathname.startsWith('/who/')) return callback(request, response);
  try {
    const { params } = await provider.interactionDetails(request, response);
    const chosen = searchParams.get('person') ?? params.login_hint;
    const known = await people();
    if (chosen) {
      await provider.interactionFinished(request, response, chosen in known
        // Native clients want to be agreed to each time.
        ? { login: { accountId: chosen }, consent: {} }
        : { error: 'access_denied', error_description: 'Nobody of that name is here.' });
      return;
    }
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><title>Who are you?</title><h1>Who are you?</h1>${[...Object.keys(known), 'nobody'].map(name => `<p><a href="?person=${name}">${name}</a>`).join('')}`);
  } catch (error) {
    response.statusCode = 400;
    response.end(String(error));
  }
};
console.log(issuer);
