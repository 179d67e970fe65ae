import { randomBytes } from 'node:crypto';
import { MarteauError } from '@marteau/shared';
import type { Passkey, Person, Store } from '@marteau/store';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WebConfig } from '../config.ts';
import { audit } from '../rights/audit.ts';
import { open, self } from '../rights/rule.ts';
import { baseUrl } from '../server/base-url.ts';
import { browserCookie, guardedCookie } from '../server/browser-cookie.ts';
import { sameSitePath } from '../server/same-site-path.ts';

/** Large, and used by few: loaded when the first one asks. */
const webAuthn = () => import('@simplewebauthn/server');

const TEN_MINUTES_S = 600;
const MOST_KEYS = 20;

interface Answer<T> {
  Body: { response?: T; name?: string; to?: string };
}

/**
 * Passkeys (WebAuthn): keys that a browser, a phone or a stick keeps. One is made on the page about oneself, and signs in
 * without a mail. The browser's part is in public/js/passkeys.ts.
 */
export async function passkeyRoutes(
  app: FastifyInstance,
  { store, config }: { store: Store; config: WebConfig },
) {
  const form = { preHandler: app.checkCsrf, schema: { hide: true } };
  const asked = { ...form, config: { ...self.config, sudo: true } };
  const cookie = guardedCookie('marteau_key', config);
  const hereOf = (request: FastifyRequest) => {
    const url = new URL(baseUrl(config, request));
    return { rpID: url.hostname, origin: url.origin };
  };

  app.post('/you/passkeys/options', asked, async (request, reply) => {
    const { person } = me(request);
    if (person.passkeys.length >= MOST_KEYS)
      throw new MarteauError('bad-request', {
        detail: `You have ${MOST_KEYS} passkeys. Remove one that you do not use.`,
      });
    const options = await (await webAuthn()).generateRegistrationOptions({
      rpName: 'Marteau',
      rpID: hereOf(request).rpID,
      userName: person.mail ?? person.name,
      userDisplayName: person.name,
      userID: new Uint8Array(Buffer.from(person.id)),
      attestationType: 'none',
      excludeCredentials: person.passkeys.map(({ id }) => ({ id })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    await keep(reply, options.challenge);
    return options;
  });

  app.post<Answer<RegistrationResponseJSON>>('/you/passkeys', asked, async (request, reply) => {
    const { person } = me(request);
    const { verified, registrationInfo } = await (await webAuthn())
      .verifyRegistrationResponse({
        response: given(request.body.response),
        expectedChallenge: await challengeOf(request, reply),
        expectedOrigin: hereOf(request).origin,
        expectedRPID: hereOf(request).rpID,
      })
      .catch(refused);
    if (!verified || !registrationInfo) return refused(new Error('it was not verified'));
    const { credential } = registrationInfo;
    const key: Passkey = {
      id: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      counter: credential.counter,
      transports: (credential.transports ?? []).map(String),
      name:
        String(request.body.name ?? '')
          .trim()
          .slice(0, 100) || 'a passkey',
      at: new Date().toISOString(),
    };
    await store.people.change(person.id, (one) => ({ ...one, passkeys: [...one.passkeys, key] }));
    await audit(store, request, 'passkey.add', `person ${person.id}`, { after: key.name });
    return { to: '/you' };
  });

  app.post<{ Params: { id: string } }>('/you/passkeys/:id/remove', asked, async (request, reply) => {
    const { person } = me(request);
    const key = person.passkeys.find(({ id }) => id === request.params.id);
    if (key === undefined) throw new MarteauError('not-found', { what: 'such passkey' });
    await store.people.change(person.id, (one) => ({
      ...one,
      passkeys: one.passkeys.filter(({ id }) => id !== key.id),
    }));
    await audit(store, request, 'passkey.remove', `person ${person.id}`, { before: key.name });
    return reply.redirect('/you', 303);
  });

  app.post('/sign-in/passkey/options', { ...open, ...form }, async (request, reply) => {
    demandAccounts();
    const options = await (await webAuthn()).generateAuthenticationOptions({
      rpID: hereOf(request).rpID,
      userVerification: 'required',
    });
    await keep(reply, options.challenge);
    return options;
  });

  app.post<Answer<AuthenticationResponseJSON>>(
    '/sign-in/passkey',
    { ...open, ...form },
    async (request, reply) => {
      demandAccounts();
      const response = given(request.body.response);
      const expectedChallenge = await challengeOf(request, reply);
      const { person, key } = await ownerOf(response);
      const { verified, authenticationInfo } = await (await webAuthn())
        .verifyAuthenticationResponse({
          response,
          expectedChallenge,
          expectedOrigin: hereOf(request).origin,
          expectedRPID: hereOf(request).rpID,
          credential: {
            id: key.id,
            publicKey: new Uint8Array(Buffer.from(key.publicKey, 'base64url')),
            counter: key.counter,
          },
        })
        .catch(async (error: unknown) => {
          await audit(store, request, 'sign-in.refused', `person ${person.id}`);
          return refused(error);
        });
      if (!verified) return refused(new Error('it was not verified'));
      if (authenticationInfo.newCounter !== key.counter)
        await store.people.change(person.id, (one) => ({
          ...one,
          passkeys: one.passkeys.map((each) =>
            each.id === key.id ? { ...each, counter: authenticationInfo.newCounter } : each,
          ),
        }));
      await reply.signPersonIn(person.id, 'passkey');
      await audit(store, request, 'sign-in', `person ${person.id}`, {
        after: `with the passkey ${key.name}`,
      });
      return { to: sameSitePath(request.body.to) ?? '/' };
    },
  );

  /** Whoever is not there, is disabled or has another key is told the same. */
  async function ownerOf({
    id,
    response,
  }: AuthenticationResponseJSON): Promise<{ person: Person; key: Passkey }> {
    const person = await store.people.get(Buffer.from(response.userHandle ?? '', 'base64url').toString());
    const key = person?.passkeys.find((one) => one.id === id);
    if (!person || !key || person.isDisabled) throw new MarteauError('passkey-unknown', {});
    return { person, key };
  }

  async function keep(reply: FastifyReply, challenge: string): Promise<void> {
    const secret = randomBytes(32).toString('base64url');
    await store.signIns.begin(secret, { challenge });
    reply.setCookie(cookie, secret, { ...browserCookie(config), httpOnly: true, maxAge: TEN_MINUTES_S });
  }

  /** Used up by being asked for. */
  async function challengeOf(request: FastifyRequest, reply: FastifyReply): Promise<string> {
    const secret = request.cookies[cookie];
    reply.clearCookie(cookie, browserCookie(config));
    const kept = secret ? await store.signIns.take<{ challenge: string }>(secret) : null;
    if (kept === null) throw new MarteauError('link-over', {});
    return kept.challenge;
  }

  function demandAccounts(): void {
    if (config.admins.length === 0) throw new MarteauError('no-accounts', {});
  }
}

function me({ actor }: FastifyRequest) {
  if (actor.kind !== 'person') throw new MarteauError('access-denied', {});
  return actor;
}

function given<T>(response: T | undefined): T {
  if (typeof response === 'object' && response !== null && 'response' in response) return response;
  throw new MarteauError('bad-request', { detail: 'The browser sent no passkey.' });
}

function refused(error: unknown): never {
  throw new MarteauError('bad-request', {
    detail: `The passkey was refused: ${(error as Error).message.slice(0, 200)}.`,
  });
}
