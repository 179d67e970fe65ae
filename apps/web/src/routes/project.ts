import { projectId, type Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import type { WebConfig } from '../config.ts';
import { finishedRuns } from '../data/finished-runs.ts';
import { knownProject } from '../data/known-project.ts';
import { admin, ofProject } from '../rights/rule.ts';
import { putIntoBin } from '../runs/bin.ts';
import { liftBlock } from '../runs/lift-block.ts';
import { baseUrl } from '../server/base-url.ts';
import { inLogs } from '../views/in-logs.ts';
import { projectPage } from '../views/project-page.ts';

const SHOWN = 20;
/** How far trends look back. */
const MOST_RUNS = 400;

/** The page of one repository: how its tests do, its last runs, its badge. */
export async function projectRoutes(
  app: FastifyInstance,
  { store, config }: { store: Store; config: WebConfig },
) {
  app.get<{ Params: { id: string } }>(
    '/projects/:id',
    { ...ofProject('reader'), schema: { hide: true } },
    async (request, reply) => {
      const project = await knownProject(store, request.params.id);
      const { repo } = project;
      const [{ runs, cursor }, finished, key, blocks] = await Promise.all([
        store.runs.list({ project: repo, limit: SHOWN }),
        finishedRuns(store, repo, MOST_RUNS),
        store.links.signBadge(repo),
        store.blocks.list(),
      ]);
      const page = projectPage(project, { last: runs, hasMore: cursor !== null, finished }, Date.now());
      const src = `/badge.svg?${new URLSearchParams({ project: repo, key })}`;
      const base = baseUrl(config, request);
      return reply.page('pages/project', {
        title: page.name,
        project: page,
        blocks: blocks
          .filter(({ project: blocked }) => blocked === repo)
          .map(({ id, host, until }) => ({ id, host, until: inLogs(until) })),
        mayLift: request.rights.isAdmin,
        isOwner: request.rights.may(project.id, 'owner', 'control'),
        hasAccounts: config.admins.length > 0,
        badgeLink: { src, markdown: `[![load test](${base}${src})](${base}/projects/${project.id})` },
      });
    },
  );

  app.post<{ Params: { id: string } }>(
    '/projects/:id/delete',
    { ...ofProject('owner'), preHandler: app.checkCsrf, schema: { hide: true } },
    async (request, reply) => {
      await putIntoBin(store, request, 'project', (await knownProject(store, request.params.id)).id);
      return reply.redirect('/bin', 303);
    },
  );

  app.post<{ Params: { block: string } }>(
    '/blocks/:block/lift',
    { ...admin, preHandler: app.checkCsrf, schema: { hide: true } },
    async (request, reply) => {
      const { project } = await liftBlock(store, request, request.params.block);
      return reply.redirect(`/projects/${projectId(project)}`, 303);
    },
  );
}
