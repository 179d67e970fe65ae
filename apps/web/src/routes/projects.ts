import type { Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { signedIn } from '../rights/rule.ts';
import { projectView } from '../views/projects.ts';

const SHOWN = 30;
const RUNS_OF_EACH = 16;

/** The projects, the most recently used first, each with its last run and how the ones before ended. */
export async function projectsRoutes(app: FastifyInstance, { store }: { store: Store }) {
  app.get<{ Querystring: { cursor?: string } }>(
    '/projects',
    { ...signedIn, schema: { hide: true } },
    async (request, reply) => {
      const page = await store.projects.list({
        cursor: request.query.cursor || null,
        limit: SHOWN,
        among: request.rights.sees,
      });
      const histories = await Promise.all(
        page.projects.map(({ project }) => store.runs.list({ project, limit: RUNS_OF_EACH })),
      );
      return reply.page('pages/projects', {
        title: 'Projects',
        projects: page.projects.map((entry, i) => {
          // 0.1.0 listed repeats, too.
          const runs = histories[i]?.runs.filter(({ kind }) => kind !== 'repeat') ?? [];
          return projectView(entry, runs, Date.now());
        }),
        older: page.cursor === null ? null : `/projects?cursor=${encodeURIComponent(page.cursor)}`,
      });
    },
  );
}
