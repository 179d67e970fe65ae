import { MarteauError } from '@marteau/shared';
import { type PersonSession, projectId, type Store } from '@marteau/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { WebConfig } from '../config.ts';
import { knownProject } from '../data/known-project.ts';
import type { Actor } from '../rights/actor.ts';
import { createHostRoles } from '../rights/host-roles.ts';
import { allRights, createRights, demand, noRights, type Rights } from '../rights/rights.ts';
import type { AccessRule } from '../rights/rule.ts';
import { knownRun } from '../runs/known-run.ts';
import { browserCookie, guardedCookie } from '../server/browser-cookie.ts';
import type { Provider } from '../sign-in/providers/provider.ts';
import { bearerOf } from './access-token.ts';

/** A route, as the app has it. */
export interface RouteRule {
  method: string;
  url: string;
  access: AccessRule;
  sudo: boolean;
}

declare module 'fastify' {
  interface FastifyRequest {
    actor: Actor;
    rights: Rights;
    /** The project that the address is about, where the route's rule is about one and rights differ; else ''. */
    projectId: string;
  }
  interface FastifyReply {
    /** Signs a person in on this browser, under a new session. @param way `mail`, `passkey`, an issuer */
    signPersonIn(person: string, way: string): Promise<void>;
    signPersonOut(): Promise<void>;
  }
  interface FastifyInstance {
    /** For routes that decide by themselves who needs a right. @throws MarteauError access-denied, not-found, not-allowed */
    authorize(request: FastifyRequest, reply: FastifyReply, rule: AccessRule): Promise<void>;
    /** Every route, with whom it lets in. */
    accessRules: readonly RouteRule[];
    /** Who asks now, also on a connection that was opened long ago. */
    rightsNow(request: FastifyRequest): Promise<Rights>;
    /** The same before a load is started: git hosts are asked anew, so that no right counts which they took away. */
    rightsToStart(request: FastifyRequest): Promise<Rights>;
  }
}

/** For so long nobody is asked a second time who they are. */
const SUDO_MS = 15 * 60_000;

/** Finds out who asks, and lets a route's rule decide. A route without a rule keeps the server from starting. */
export const actor = fp<{ config: WebConfig; store: Store; providers: readonly Provider[] }>(
  async (app, { config, store, providers }) => {
    const cookie = guardedCookie('marteau', config);
    const rights = createRights(store, createHostRoles(store, providers, app.log), config.admins);
    const hasAccounts = config.admins.length > 0;

    app.decorateRequest('actor');
    app.decorateRequest('rights');
    app.decorateRequest('projectId', '');

    const rules: RouteRule[] = [];
    app.decorate('accessRules', rules);
    app.addHook('onRoute', ({ config: route, method, url }) => {
      if (route?.access === undefined) throw new Error(`${method} ${url} does not say whom it lets in`);
      for (const each of [method].flat())
        rules.push({ method: each, url, access: route.access, sudo: route.sudo ?? false });
    });

    app.addHook('onRequest', async (request, reply) => {
      const { access = 'signed-in', sudo } = request.routeOptions.config;
      // Where no route is, there is nothing to be seen.
      const rule = request.is404 ? 'open' : access;
      const known = rule === 'anonymous' ? nobody : await whoAsks(request);
      request.actor = known.actor;
      request.rights = known.rights;
      await app.authorize(request, reply, rule);
      if (sudo === true) askAgain(request);
    });

    app.decorate('authorize', async (request: FastifyRequest, reply: FastifyReply, rule: AccessRule) => {
      if (rule === 'anonymous' || rule === 'open') return;
      const { actor: who } = request;
      if (who.kind === 'nobody') app.refuse(request, reply);
      if (rule === 'signed-in') return;
      const given = startsLoad(rule) ? await app.rightsToStart(request) : request.rights;
      if (rule === 'self') {
        if (who.kind !== 'person')
          throw new MarteauError('not-allowed', {
            what: 'do this',
            who: 'a person who signed in with a browser',
          });
      } else if (rule === 'admin') {
        if (!given.isAdmin) throw new MarteauError('not-allowed', { what: 'do this', who: 'an admin' });
      } else if (rule === 'metrics') {
        if (!given.watches)
          throw new MarteauError('not-allowed', {
            what: 'see this',
            who: 'an admin, or with a key of theirs for metrics',
          });
      } else if (given !== allRights) {
        const { id = '' } = request.params as { id?: string };
        const project =
          rule.of === 'run'
            ? projectId((await knownRun(store, id)).project)
            : (await knownProject(store, id)).id;
        request.projectId = project;
        demand(given, project, rule, `${rule.of} ${id.slice(0, 40)}`);
      }
    });

    app.decorate('rightsNow', async (request: FastifyRequest) => (await whoAsks(request)).rights);
    app.decorate('rightsToStart', async (request: FastifyRequest) => (await whoAsks(request, true)).rights);

    async function whoAsks(
      request: FastifyRequest,
      toStart = false,
    ): Promise<{ actor: Actor; rights: Rights }> {
      if (request.hasToken()) return { actor: { kind: 'token' }, rights: allRights };
      if (!hasAccounts) return config.accessToken === null ? everyone : nobody;
      const bearer = bearerOf(request);
      return bearer === undefined ? bySession(request, toStart) : byKey(bearer, toStart);
    }

    async function bySession(request: FastifyRequest, toStart: boolean) {
      const { session, version } = await store.personSessions.look(request.cookies[cookie] ?? '');
      const person = session && (await store.people.get(session.person));
      if (!session || !person || person.isDisabled) return nobody;
      const who: Actor = { kind: 'person', person, session };
      return { actor: who, rights: await rights.ofPerson(person, version, toStart) };
    }

    async function byKey(bearer: string, toStart: boolean) {
      const [key, version] = await Promise.all([store.apiKeys.use(bearer), store.people.version()]);
      const person = key && (await store.people.get(key.person));
      if (!key || !person || person.isDisabled) return nobody;
      const who: Actor = { kind: 'key', key, person };
      const ofPerson = await rights.ofPerson(person, version, toStart);
      return { actor: who, rights: await rights.ofKey(key, ofPerson) };
    }

    app.decorateReply(
      'signPersonIn',
      async function signPersonIn(this: FastifyReply, person: string, way: string) {
        const { request } = this;
        // Whoever was signed in here before is not any more, and an id that somebody planted is worth nothing.
        if (request.actor.kind === 'person') await endSession(request.actor.session);
        const agent = request.headers['user-agent'] ?? '';
        const secret = await store.personSessions.begin({ person, way, agent, address: request.ip });
        // From here on, what is written down is theirs.
        const { session } = await store.personSessions.look(secret);
        const who = await store.people.get(person);
        if (session && who) request.actor = { kind: 'person', person: who, session };
        this.setCookie(cookie, secret, { ...browserCookie(config), httpOnly: true });
      },
    );

    app.decorateReply('signPersonOut', async function signPersonOut(this: FastifyReply) {
      const { actor: who } = this.request;
      if (who.kind === 'person') await endSession(who.session);
      this.clearCookie(cookie, browserCookie(config));
    });

    const endSession = ({ person, id }: PersonSession) => store.personSessions.end(person, id);
  },
  { name: 'actor', dependencies: ['access-token'] },
);

const nobody = { actor: { kind: 'nobody' }, rights: noRights } as const;
const everyone = { actor: { kind: 'everyone' }, rights: allRights } as const;

function startsLoad(rule: AccessRule): boolean {
  return typeof rule === 'object' && rule.scope === 'submit';
}

/** @throws MarteauError prove-again for a person who signed in long ago; others have no way to do it again */
function askAgain({ actor: who }: FastifyRequest): void {
  if (who.kind === 'person' && Date.now() - who.session.provedAt > SUDO_MS)
    throw new MarteauError('prove-again', {});
}
