import { MarteauError } from '@marteau/shared';
import * as client from 'openid-client';
import type { Kept, Provider, ProviderSettings, SignedInThere } from './provider.ts';

/** What differs between places that speak OpenID Connect, or OAuth 2 alone. */
interface Place {
  name: string;
  scope: string;
  roles?: Provider['roles'];
  /** OAuth 2 alone: its endpoints, and how to find out who somebody is. */
  plain?: {
    metadata: client.ServerMetadata;
    whoIs(token: string): Promise<{ subject: string; name: string }>;
  };
}

const TIMEOUT_S = 10;
/** What a provider says of itself changes seldom; its keys are looked after by the library. */
const LIFETIME_MS = 3_600_000;

/**
 * Code flow with PKCE (S256), state and nonce, and `iss` of the answer checked, so that one issuer's answer is not taken
 * for another's. openid-client is certified for it; what we add is where the parts are kept.
 */
export function openId(settings: ProviderSettings, place: Place): Provider {
  const { id, url, clientId, clientSecret } = settings;
  let known: { at: number; config: client.Configuration } | null = null;

  async function configuration(): Promise<client.Configuration> {
    if (known !== null && Date.now() - known.at < LIFETIME_MS) return known.config;
    const config = place.plain
      ? new client.Configuration(place.plain.metadata, clientId, clientSecret)
      : await client.discovery(new URL(url), clientId, clientSecret, undefined, {
          timeout: TIMEOUT_S,
          ...(isInsecure(url) && { execute: [client.allowInsecureRequests] }),
        });
    if (isInsecure(url)) client.allowInsecureRequests(config);
    config.timeout = TIMEOUT_S;
    known = { at: Date.now(), config };
    return config;
  }

  return {
    id,
    origin: url,
    name: place.name,
    roles: place.roles ?? null,
    async begin(back) {
      const config = await explained(place.name, configuration());
      const kept: Kept = {
        state: client.randomState(),
        verifier: client.randomPKCECodeVerifier(),
        nonce: client.randomNonce(),
      };
      const to = client.buildAuthorizationUrl(config, {
        redirect_uri: back,
        scope: place.scope,
        state: kept.state,
        code_challenge: await client.calculatePKCECodeChallenge(kept.verifier),
        code_challenge_method: 'S256',
        ...(place.plain ? {} : { nonce: kept.nonce }),
      });
      return { url: to.href, kept };
    },
    finish: (current, kept) =>
      explained(
        place.name,
        (async (): Promise<SignedInThere> => {
          const config = await configuration();
          const tokens = await client.authorizationCodeGrant(config, current, {
            pkceCodeVerifier: kept.verifier,
            expectedState: kept.state,
            ...(place.plain ? {} : { expectedNonce: kept.nonce, idTokenExpected: true }),
          });
          const token = place.roles ? tokens.access_token : null;
          if (place.plain) return { issuer: url, ...(await place.plain.whoIs(tokens.access_token)), token };
          const claims = tokens.claims()!;
          const name = claims.name ?? claims.preferred_username ?? claims.sub;
          return { issuer: claims.iss, subject: claims.sub, name: String(name).slice(0, 200), token };
        })(),
      ),
  };
}

/** On loopback, for tests and for those who try it. */
function isInsecure(url: string): boolean {
  return url.startsWith('http://');
}

/** @throws MarteauError sign-in-failed, with what the other place said */
async function explained<T>(name: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { message, error_description: said } = error as Error & { error_description?: string };
    throw new MarteauError('sign-in-failed', { name, detail: (said ?? message).slice(0, 200) });
  }
}
