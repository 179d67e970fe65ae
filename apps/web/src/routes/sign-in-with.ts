import { randomBytes } from 'node:crypto';
import { MarteauError } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WebConfig } from '../config.ts';
import { audit } from '../rights/audit.ts';
import { open, self } from '../rights/rule.ts';
import { baseUrl } from '../server/base-url.ts';
import { browserCookie, guardedCookie } from '../server/browser-cookie.ts';
import { sameSitePath } from '../server/same-site-path.ts';
import type { Kept, Provider, SignedInThere } from '../sign-in/providers/provider.ts';

interface Services {
  store: Store;
  config: WebConfig;
  providers: readonly Provider[];
}

interface OneProvider {
  Params: { provider: string };
  Body: { to?: string };
}

/** What a browser that left for another place comes back to. */
interface Left extends Kept {
  provider: string;
  /** A path of this site. */
  to: string;
  /** Whose account it is to be; null for a sign-in. */
  person: string | null;
}

const TEN_MINUTES_S = 600;

/**
 * Signing in with an account elsewhere, and adding one to one's own. Each place has an address of its own to come back to,
 * and what was begun is known to the browser that began it alone.
 */
export async function signInWithRoutes(app: FastifyInstance, { store, config, providers }: Services) {
  const form = { preHandler: app.checkCsrf, schema: { hide: true } };
  const cookie = guardedCookie('marteau_with', config);

  app.post<OneProvider>('/sign-in/with/:provider', { ...open, ...form }, async (request, reply) =>
    leave(request, reply, null),
  );

  // A second account asks for the first one again.
  app.post<OneProvider>(
    '/you/with/:provider',
    { ...form, config: { ...self.config, sudo: true } },
    async (request, reply) =>
      leave(request, reply, request.actor.kind === 'person' ? request.actor.person.id : null),
  );

  app.get<Pick<OneProvider, 'Params'>>(
    '/sign-in/from/:provider',
    { ...open, schema: { hide: true } },
    async (request, reply) => {
      const provider = known(request.params.provider);
      const secret = request.cookies[cookie];
      reply.clearCookie(cookie, browserCookie(config));
      const left = secret ? await store.signIns.take<Left>(secret) : null;
      if (left === null || left.provider !== provider.id) throw new MarteauError('link-over', {});
      const there = await provider
        .finish(new URL(request.url, baseUrl(config, request)), left)
        .catch(async (error: unknown) => {
          await audit(store, request, 'sign-in.refused', provider.id);
          throw error;
        });
      const person = left.person === null ? await personOf(there) : await addTo(left.person, request, there);
      if (there.token !== null) {
        await store.hostTokens.drop(person, provider.id);
        await store.hostTokens.keep(person, provider.id, there.token);
      }
      await reply.signPersonIn(person, provider.name);
      await audit(store, request, left.person === null ? 'sign-in' : 'identity.add', `person ${person}`, {
        after: `with ${provider.name}`,
      });
      return reply.redirect(left.to, 303);
    },
  );

  async function leave(request: FastifyRequest<OneProvider>, reply: FastifyReply, person: string | null) {
    const provider = known(request.params.provider);
    const { url, kept } = await provider.begin(`${baseUrl(config, request)}/sign-in/from/${provider.id}`);
    const to = person === null ? (sameSitePath(request.body?.to) ?? '/') : '/you';
    const secret = randomBytes(32).toString('base64url');
    await store.signIns.begin(secret, { ...kept, provider: provider.id, to, person } satisfies Left);
    reply.setCookie(cookie, secret, { ...browserCookie(config), httpOnly: true, maxAge: TEN_MINUTES_S });
    // A form of ours may lead to no other site, and a page may.
    reply.header('referrer-policy', 'no-referrer');
    return reply.page('pages/leave', { title: `To ${provider.name}`, name: provider.name, url });
  }

  /** Whoever can sign in there has an account here, and what it may do is another thing. */
  async function personOf(there: SignedInThere): Promise<string> {
    const { person } = await store.people.make(there);
    if (person.isDisabled) throw new MarteauError('link-over', {});
    return person.id;
  }

  async function addTo(person: string, { actor }: FastifyRequest, there: SignedInThere): Promise<string> {
    if (actor.kind !== 'person' || actor.person.id !== person) throw new MarteauError('link-over', {});
    await store.people.addIdentity(person, there);
    return person;
  }

  function known(id: string): Provider {
    const provider = providers.find((one) => one.id === id);
    if (provider === undefined || config.admins.length === 0)
      throw new MarteauError('not-found', { what: `way to sign in called ${id.slice(0, 40)}` });
    return provider;
  }
}
