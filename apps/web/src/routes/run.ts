import type { FastifyInstance } from 'fastify';
import type { Pages } from '../data/pages.ts';
import { ofRun } from '../rights/rule.ts';

interface RunRequest {
  Params: { id: string };
  Querystring: { part?: string };
}

/** The page of one run; with `?part=now` only what renews itself. */
export async function runRoutes(app: FastifyInstance, { pages }: { pages: Pages }) {
  app.get<RunRequest>('/runs/:id', { ...ofRun('reader'), schema: { hide: true } }, async (request, reply) => {
    const run = await pages.run(request.params.id);
    const { rights, projectId } = request;
    const may = {
      run: rights.may(projectId, 'runner', 'control'),
      own: rights.may(projectId, 'owner', 'control'),
    };
    if (request.query.part === 'now') return reply.part('partials/run-regions', { run, may });
    return reply.page('pages/run', { title: run.title, run, may });
  });
}
