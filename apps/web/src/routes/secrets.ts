import { MarteauError } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { knownProject } from '../data/known-project.ts';
import { audit } from '../rights/audit.ts';
import { admin, ofProject } from '../rights/rule.ts';
import { moment } from '../views/moment.ts';
import { nameOf } from '../views/projects.ts';

interface OneProject {
  Params: { id: string };
}

/** Secrets and the git token of a project: set by its owners, and never shown again. */
export async function secretRoutes(app: FastifyInstance, { store }: { store: Store }) {
  const owner = ofProject('owner');
  const asked = {
    config: { ...owner.config, sudo: true },
    preHandler: app.checkCsrf,
    schema: { hide: true },
  };

  app.get<OneProject>(
    '/projects/:id/secrets',
    { ...owner, schema: { hide: true } },
    async (request, reply) => {
      const project = await knownProject(store, request.params.id);
      const [secrets, git] = await Promise.all([
        store.projectSecrets.list(project.id),
        store.projectSecrets.gitSince(project.id),
      ]);
      const now = Date.now();
      return reply.page('pages/secrets', {
        title: 'Secrets',
        project: { id: project.id, name: nameOf(project.repo, []), repo: project.repo },
        host: URL.parse(project.repo)?.host ?? '',
        secrets: secrets.map(({ name, at }) => ({ name, since: moment(at, now) })),
        git: git && moment(git, now),
        isAdmin: request.rights.isAdmin,
      });
    },
  );

  app.post<OneProject & { Body: { name?: string; value?: string } }>(
    '/projects/:id/secrets',
    asked,
    async (request, reply) => {
      const { id } = await knownProject(store, request.params.id);
      const name = String(request.body.name ?? '').trim();
      const isNew = !(await store.projectSecrets.list(id)).some((one) => one.name === name);
      await store.projectSecrets.set(id, name, String(request.body.value ?? ''));
      await audit(store, request, 'secret.set', `project ${id}`, {
        after: isNew ? name : `${name}, another value`,
      });
      return reply.redirect(`/projects/${id}/secrets`, 303);
    },
  );

  app.post<OneProject & { Body: { name?: string } }>(
    '/projects/:id/secrets/remove',
    asked,
    async (request, reply) => {
      const { id } = await knownProject(store, request.params.id);
      const name = String(request.body.name ?? '');
      await store.projectSecrets.remove(id, name);
      await audit(store, request, 'secret.remove', `project ${id}`, { before: name.slice(0, 100) });
      return reply.redirect(`/projects/${id}/secrets`, 303);
    },
  );

  app.post<OneProject & { Body: { token?: string } }>(
    '/projects/:id/git-token',
    asked,
    async (request, reply) => {
      const { id } = await knownProject(store, request.params.id);
      const token = String(request.body.token ?? '').trim();
      if (token === '')
        throw new MarteauError('bad-request', { detail: 'Enter the token, or USER:PASSWORD.' });
      await store.projectSecrets.setGit(id, token);
      await audit(store, request, 'git-token.set', `project ${id}`);
      return reply.redirect(`/projects/${id}/secrets`, 303);
    },
  );

  app.post<OneProject>('/projects/:id/git-token/remove', asked, async (request, reply) => {
    const { id } = await knownProject(store, request.params.id);
    await store.projectSecrets.removeGit(id);
    await audit(store, request, 'git-token.remove', `project ${id}`);
    return reply.redirect(`/projects/${id}/secrets`, 303);
  });

  app.post(
    '/secrets/rotate',
    { preHandler: app.checkCsrf, schema: { hide: true }, config: { ...admin.config, sudo: true } },
    async (request, reply) => {
      const projects = await store.projectSecrets.rotate();
      await audit(store, request, 'secrets.rotate', '', {
        after: `${projects} projects, sealed with a new key`,
      });
      return reply.redirect('/people', 303);
    },
  );
}
