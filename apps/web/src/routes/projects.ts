import type { Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { projectView } from '../views/projects.ts';

const shown = 30;
const runsOfEach = 16;

/** The projects, the most recently used first, each with its last run and how the ones before ended. */
export async function projectsRoutes(app: FastifyInstance, { store }: { store: Store }) {
  app.get<{ Querystring: { cursor?: string } }>(
    '/projects',
    { schema: { hide: true } },
    async (request, reply) => {
      const page = await store.projects({ cursor: request.query.cursor || null, limit: shown });
      const histories = await Promise.all(
        page.projects.map(({ project }) => store.runs.list({ project, limit: runsOfEach })),
      );
      return reply.page('pages/projects', {
        title: 'Projects',
        projects: page.projects.map((entry, i) => projectView(entry, histories[i]?.runs ?? [], Date.now())),
        older: page.cursor === null ? null : `/projects?cursor=${encodeURIComponent(page.cursor)}`,
      });
    },
  );
}
