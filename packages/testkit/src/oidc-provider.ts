import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

/** A real provider of OpenID Connect (oidc-provider, certified), which signs everybody in as whom it is told. */
export type TestOidcProvider = AsyncDisposable & {
  issuer: string;
  /** Who signs in next: the subject. */
  who: { sub: string; name: string };
  /** Takes the client, which comes back to this address alone. */
  expect(back: string): void;
};

/** @param client its id and secret */
export async function startOidcProvider(client: { id: string; secret: string }): Promise<TestOidcProvider> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const who = { sub: '4711', name: 'Ben' };
  const providerFor = (back: string) =>
    new Provider(issuer, {
      clients: [
        {
          client_id: client.id,
          client_secret: client.secret,
          redirect_uris: [back],
          // Others than loopback would have to be https.
          application_type: 'native',
          token_endpoint_auth_method: 'client_secret_post',
        },
      ],
      claims: { openid: ['sub'], profile: ['name'] },
      conformIdTokenClaims: false,
      pkce: { required: () => true },
      cookies: { keys: ['test'] },
      findAccount: (_context, sub) => ({
        accountId: sub,
        claims: async () => ({ sub, name: who.name }),
      }),
      interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
      features: { devInteractions: { enabled: false } },
    });
  let provider: Provider | null = null;
  server.on('request', (request, response) => {
    if (provider === null) return void response.writeHead(503).end();
    if (request.url?.startsWith('/interaction/')) return void agree(provider, request, response);
    void provider.callback()(request, response);
  });

  /** Nobody is asked: whoever comes is signed in and agrees to all. */
  async function agree(
    provider: Provider,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { params, prompt, grantId } = await provider.interactionDetails(request, response);
    if (prompt.name === 'login')
      return provider.interactionFinished(request, response, { login: { accountId: who.sub } });
    const grant = grantId
      ? await provider.Grant.find(grantId)
      : new provider.Grant({ accountId: who.sub, clientId: String(params.client_id) });
    grant?.addOIDCScope('openid profile');
    const consent = { grantId: (await grant?.save()) ?? '' };
    await provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
  }

  return {
    issuer,
    who,
    expect(back) {
      provider = providerFor(back);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
