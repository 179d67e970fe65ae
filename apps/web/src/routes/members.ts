import { asciiMailAddress, MarteauError, mailAddressPattern } from '@marteau/shared';
import { Role, type Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import type { WebConfig } from '../config.ts';
import { knownProject } from '../data/known-project.ts';
import { audit } from '../rights/audit.ts';
import { ofProject } from '../rights/rule.ts';
import { baseUrl } from '../server/base-url.ts';
import { invite } from '../sign-in/invite.ts';
import type { Mailer } from '../sign-in/mailer.ts';
import { nameOf } from '../views/projects.ts';

interface Services {
  store: Store;
  config: WebConfig;
  send: Mailer;
}

interface OneProject {
  Params: { id: string };
}

const roles = [
  { value: 'reader', name: 'reader', about: 'sees runs and reports' },
  { value: 'runner', name: 'runner', about: 'starts and stops runs, too' },
  { value: 'owner', name: 'owner', about: 'deletes runs, and sets up members and secrets, too' },
];

/** To whom a project is given by hand: people by their mail address, and teams. */
export async function memberRoutes(app: FastifyInstance, { store, config, send }: Services) {
  app.addHook('preValidation', async () => {
    if (config.admins.length === 0) throw new MarteauError('no-accounts', {});
  });
  const owner = ofProject('owner');
  const guarded = { ...owner, preHandler: app.checkCsrf, schema: { hide: true } };

  app.get<OneProject>(
    '/projects/:id/members',
    { ...owner, schema: { hide: true } },
    async (request, reply) => {
      const project = await knownProject(store, request.params.id);
      const { members = [] } = project;
      const named = await Promise.all(
        members.map(async ({ id, role }) => {
          const [person, team] = await Promise.all([store.people.get(id), store.people.teams.get(id)]);
          return {
            id,
            role,
            name: person?.name ?? team?.name ?? 'somebody who is gone',
            isTeam: team !== null,
          };
        }),
      );
      // Whom there is, an owner need not know; an admin does.
      const teams = (await store.people.teams.list()).filter(
        ({ id }) => !members.some((member) => member.id === id),
      );
      return reply.page('pages/members', {
        title: 'Members',
        project: { id: project.id, name: nameOf(project.repo, []), repo: project.repo },
        members: named.toSorted((a, b) => a.name.localeCompare(b.name)),
        teams: teams.map(({ id, name }) => ({ id, name })),
        isAdmin: request.rights.isAdmin,
        roles,
      });
    },
  );

  app.post<OneProject & { Body: { mail?: string; team?: string; person?: string; role?: string } }>(
    '/projects/:id/members',
    guarded,
    async (request, reply) => {
      const { id } = await knownProject(store, request.params.id);
      const role = Role.enum.find((one) => one === request.body.role);
      if (role === undefined) throw new MarteauError('bad-request', { detail: 'Choose what they may do.' });
      const person = request.rights.isAdmin ? (request.body.person ?? '').trim() : '';
      const member = await memberOf(
        { ...request.body, person },
        { base: baseUrl(config, request), by: request.actor },
      );
      const before = (await knownProject(store, id)).members?.find((one) => one.id === member.id)?.role;
      await store.projects.share(id, member.id, role);
      await audit(store, request, 'member.set', `project ${id}`, {
        ...(before && { before: `${member.name}: ${before}` }),
        after: `${member.name}: ${role}`,
      });
      return reply.redirect(`/projects/${id}/members`, 303);
    },
  );

  app.post<OneProject & { Body: { member?: string } }>(
    '/projects/:id/members/remove',
    guarded,
    async (request, reply) => {
      const { id, members = [] } = await knownProject(store, request.params.id);
      const member = members.find((one) => one.id === request.body.member);
      if (member === undefined) throw new MarteauError('not-found', { what: 'such member' });
      await store.projects.share(id, member.id, null);
      await audit(store, request, 'member.remove', `project ${id}`, {
        before: `${member.id}: ${member.role}`,
      });
      return reply.redirect(`/projects/${id}/members`, 303);
    },
  );

  async function memberOf(
    { mail = '', team = '', person = '' }: { mail?: string; team?: string; person?: string },
    how: Parameters<typeof invite>[2],
  ): Promise<{ id: string; name: string }> {
    if (team !== '') {
      const found = await store.people.teams.get(team);
      if (found === null) throw new MarteauError('not-found', { what: 'such team' });
      return found;
    }
    if (person !== '') {
      const found = await store.people.get(person);
      if (found === null) throw new MarteauError('not-found', { what: 'such person' });
      return found;
    }
    const address = asciiMailAddress(mail.trim()).toLowerCase();
    if (!mailAddressPattern.test(address))
      throw new MarteauError('bad-request', {
        detail: 'Enter one mail address, like you@example.com, or choose a team.',
      });
    return invite({ store, send }, address, how);
  }
}
