import { asciiMailAddress, MarteauError, mailAddressPattern } from '@marteau/shared';
import { isAdmin, type Person, type Store, type Team } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import type { WebConfig } from '../config.ts';
import { audit } from '../rights/audit.ts';
import { admin } from '../rights/rule.ts';
import { baseUrl } from '../server/base-url.ts';
import { invite } from '../sign-in/invite.ts';
import type { Mailer } from '../sign-in/mailer.ts';
import { moment } from '../views/moment.ts';

interface Services {
  store: Store;
  config: WebConfig;
  send: Mailer;
}

interface OnePerson {
  Params: { id: string };
}

/** People and teams: whom there is, who may do everything, who is shut out. */
export async function peopleRoutes(app: FastifyInstance, { store, config, send }: Services) {
  app.addHook('preValidation', async () => {
    if (config.admins.length === 0) throw new MarteauError('no-accounts', {});
  });
  const guarded = { ...admin, preHandler: app.checkCsrf, schema: { hide: true } };
  const asked = { ...guarded, config: { ...admin.config, sudo: true } };

  app.get('/people', { ...admin, schema: { hide: true } }, async (request, reply) => {
    const [people, teams] = await Promise.all([store.people.list(), store.people.teams.list()]);
    const byName = people.toSorted((a, b) => a.name.localeCompare(b.name));
    const myself = request.actor.kind === 'person' ? request.actor.person.id : '';
    return reply.page('pages/people', {
      title: 'People',
      people: byName.map((one) => personView(one, config.admins, myself)),
      teams: teams.toSorted((a, b) => a.name.localeCompare(b.name)).map((team) => teamView(team, byName)),
    });
  });

  app.post<{ Body: { mail?: string } }>('/people', guarded, async (request, reply) => {
    const mail = asciiMailAddress(String(request.body.mail ?? '').trim()).toLowerCase();
    if (!mailAddressPattern.test(mail))
      throw new MarteauError('bad-request', { detail: 'Enter one mail address, like you@example.com.' });
    const person = await invite({ store, send }, mail, { base: baseUrl(config, request), by: request.actor });
    await audit(store, request, 'person.invite', `person ${person.id}`, { after: mail });
    return reply.redirect('/people', 303);
  });

  for (const [action, change] of Object.entries({
    disable: { isDisabled: true },
    enable: { isDisabled: false },
    'make-admin': { isAdmin: true },
    'no-admin': { isAdmin: false },
  })) {
    app.post<OnePerson>(`/people/:id/${action}`, asked, async (request, reply) => {
      const { id } = request.params;
      if (request.actor.kind === 'person' && request.actor.person.id === id)
        throw new MarteauError('bad-request', {
          detail: 'Another admin has to do this: nobody shuts themselves out by mistake.',
        });
      await store.people.change(id, (one) => ({ ...one, ...change }));
      if (action === 'disable') await store.personSessions.endAll(id);
      await audit(store, request, `person.${action}`, `person ${id}`);
      return reply.redirect('/people', 303);
    });
  }

  app.post<{ Body: { name?: string } }>('/teams', guarded, async (request, reply) => {
    const name = String(request.body.name ?? '')
      .trim()
      .slice(0, 100);
    if (name === '') throw new MarteauError('bad-request', { detail: 'A team takes a name.' });
    const team = await store.people.teams.make(name);
    await audit(store, request, 'team.make', `team ${team.id}`, { after: name });
    return reply.redirect('/people#teams', 303);
  });

  for (const [action, work] of Object.entries({
    add: (team: Team, person: string): Team => ({ ...team, people: [...new Set([...team.people, person])] }),
    drop: (team: Team, person: string): Team => ({
      ...team,
      people: team.people.filter((one) => one !== person),
    }),
  })) {
    app.post<OnePerson & { Body: { person?: string } }>(
      `/teams/:id/${action}`,
      guarded,
      async (request, reply) => {
        const person = await known(String(request.body.person ?? ''));
        const team = await store.people.teams.change(request.params.id, (one) => work(one, person.id));
        await audit(store, request, `team.${action}`, `team ${team.id}`, { after: person.name });
        return reply.redirect('/people#teams', 303);
      },
    );
  }

  app.post<OnePerson>('/teams/:id/delete', asked, async (request, reply) => {
    const { id } = request.params;
    const team = await store.people.teams.get(id);
    if (team === null) throw new MarteauError('not-found', { what: 'such team' });
    await store.people.teams.remove(id);
    await audit(store, request, 'team.delete', `team ${id}`, { before: team.name });
    return reply.redirect('/people#teams', 303);
  });

  async function known(id: string): Promise<Person> {
    const person = await store.people.get(id);
    if (person === null) throw new MarteauError('not-found', { what: 'such person' });
    return person;
  }
}

function personView(person: Person, admins: readonly string[], myself: string) {
  return {
    id: person.id,
    name: person.name,
    mail: person.mail ?? '',
    ways: person.identities
      .map(({ issuer, name }) => (issuer === 'mail' ? 'mail' : `${name} at ${issuer}`))
      .join(', '),
    isAdmin: isAdmin(person, admins),
    /** Named by the operator: no page takes it from them. */
    isNamed: !person.isAdmin && isAdmin(person, admins),
    isDisabled: person.isDisabled,
    isSelf: person.id === myself,
    since: moment(person.createdAt, Date.now()),
  };
}

function teamView(team: Team, people: readonly Person[]) {
  const members = people.filter(({ id }) => team.people.includes(id));
  const others = people.filter(({ id, isDisabled }) => !team.people.includes(id) && !isDisabled);
  const named = ({ id, name }: Person) => ({ id, name });
  return { id: team.id, name: team.name, members: members.map(named), others: others.map(named) };
}
