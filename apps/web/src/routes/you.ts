import { MarteauError } from '@marteau/shared';
import { type ApiKey, KeyScope, type PersonSession, type Store } from '@marteau/store';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { audit } from '../rights/audit.ts';
import { self } from '../rights/rule.ts';
import type { Provider } from '../sign-in/providers/provider.ts';
import { moment } from '../views/moment.ts';
import { nameOf } from '../views/projects.ts';

const DAY_MS = 86_400_000;
const LONGEST_DAYS = 365;

interface KeyForm {
  Body: { name?: string; project?: string; days?: string } & Record<string, string | undefined>;
}

/** The page about oneself: name, browsers that are signed in, keys for programs. */
export async function youRoutes(
  app: FastifyInstance,
  { store, providers }: { store: Store; providers: readonly Provider[] },
) {
  const guarded = { ...self, preHandler: app.checkCsrf, schema: { hide: true } };
  const asked = { ...guarded, config: { ...self.config, sudo: true } };

  app.get('/you', { ...self, schema: { hide: true } }, (request, reply) => show(request, reply, null));

  app.post<{ Body: { name?: string } }>('/you/name', guarded, async (request, reply) => {
    const { person } = me(request);
    const name = String(request.body.name ?? '')
      .trim()
      .slice(0, 200);
    if (name !== '') await store.people.change(person.id, (one) => ({ ...one, name }));
    return reply.redirect('/you', 303);
  });

  app.post<{ Params: { id: string } }>('/you/sessions/:id/end', guarded, async (request, reply) => {
    const { person } = me(request);
    await store.personSessions.end(person.id, request.params.id);
    await audit(store, request, 'session.end', `person ${person.id}`);
    return reply.redirect('/you', 303);
  });

  app.post('/you/sessions/end-others', guarded, async (request, reply) => {
    const { person, session } = me(request);
    await store.personSessions.endAll(person.id, session.id);
    await audit(store, request, 'session.end-others', `person ${person.id}`);
    return reply.redirect('/you', 303);
  });

  app.post<KeyForm>('/you/keys', asked, async (request, reply) => {
    const { person } = me(request);
    const { body, rights } = request;
    const scopes = KeyScope.enum.filter(
      (scope) => body[scope] !== undefined && (scope !== 'metrics' || rights.watches),
    );
    const name = String(body.name ?? '')
      .trim()
      .slice(0, 100);
    const days = Number(body.days ?? LONGEST_DAYS);
    if (name === '' || scopes.length === 0 || !(days >= 1 && days <= LONGEST_DAYS))
      throw new MarteauError('bad-request', {
        detail: `A key takes a name, at least one thing that it is for, and a number of days from 1 to ${LONGEST_DAYS}.`,
      });
    const project = String(body.project ?? '');
    if (project !== '' && !rights.may(project, 'reader', 'read'))
      throw new MarteauError('not-found', { what: 'such project' });
    const { key, record } = await store.apiKeys.make({
      name,
      person: person.id,
      projects: project === '' ? null : [project],
      scopes,
      expiresAt: new Date(Date.now() + days * DAY_MS).toISOString(),
    });
    const after = `${name}: ${scopes.join(', ')}; ${project || 'all projects'}; until ${record.expiresAt.slice(0, 10)}`;
    await audit(store, request, 'key.make', `key ${record.id}`, { after });
    return show(request, reply, key);
  });

  app.post<{ Params: { id: string } }>('/you/keys/:id/end', guarded, async (request, reply) => {
    const { person } = me(request);
    const key = await store.apiKeys.get(request.params.id);
    if (key?.person !== person.id) throw new MarteauError('not-found', { what: 'such key' });
    await store.apiKeys.end(key.id);
    await audit(store, request, 'key.end', `key ${key.id}`, { before: key.name });
    return reply.redirect('/you', 303);
  });

  async function show(request: FastifyRequest, reply: FastifyReply, made: string | null) {
    const { person, session } = me(request);
    const now = Date.now();
    const [sessions, keys, projects] = await Promise.all([
      store.personSessions.of(person.id),
      store.apiKeys.of(person.id),
      store.projects.list({ limit: 200, among: request.rights.sees }),
    ]);
    const names = new Map(projects.projects.map((one) => [one.id, nameOf(one.project, [])]));
    reply.header('cache-control', 'no-store');
    return reply.page('pages/you', {
      title: 'You',
      person,
      isAdmin: request.rights.isAdmin,
      made,
      sessions: sessions.map((one) => sessionView(one, session.id, now)),
      keys: keys.map((one) => keyView(one, names, now)),
      ways: person.identities.map(({ issuer, name, at }) => ({
        name: issuer === 'mail' ? 'mail' : (providers.find((one) => one.origin === issuer)?.name ?? issuer),
        as: name,
        since: moment(at, now),
      })),
      providers: providers
        .filter(({ origin }) => !person.identities.some(({ issuer }) => issuer === origin))
        .map(({ id, name }) => ({ id, name })),
      projects: [...names].map(([id, name]) => ({ id, name })),
    });
  }
}

function me({ actor }: FastifyRequest) {
  if (actor.kind !== 'person') throw new MarteauError('access-denied', {});
  return actor;
}

const instant = (ms: number, now: number) => moment(new Date(ms).toISOString(), now);

function sessionView(
  { id, way, agent, address, createdAt, seenAt }: PersonSession,
  here: string,
  now: number,
) {
  return {
    id,
    isHere: id === here,
    way,
    agent: agent || 'a browser that does not say its name',
    address,
    since: instant(createdAt, now),
    seen: instant(seenAt, now),
  };
}

function keyView(key: ApiKey, names: ReadonlyMap<string, string>, now: number) {
  return {
    id: key.id,
    name: key.name,
    hint: key.hint,
    scopes: key.scopes.join(', '),
    projects:
      key.projects?.map((id) => names.get(id) ?? 'a project that you do not see').join(', ') ??
      'all of yours',
    made: moment(key.createdAt, now),
    until: key.expiresAt.slice(0, 10),
    isOver: Date.parse(key.expiresAt) <= now,
    lastUsed: key.lastUsed ?? 'never',
  };
}
