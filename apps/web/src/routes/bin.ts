import type { Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { signedIn } from '../rights/rule.ts';
import { binOf, erase, putBack } from '../runs/bin.ts';
import { moment } from '../views/moment.ts';
import { nameOf } from '../views/projects.ts';

const KEPT_MS = 30 * 86_400_000;

interface OneEntry {
  Params: { id: string };
}

/** What was deleted, by whom, and how to have it back. */
export async function binRoutes(app: FastifyInstance, { store }: { store: Store }) {
  const guarded = { ...signedIn, preHandler: app.checkCsrf, schema: { hide: true } };

  app.get('/bin', { ...signedIn, schema: { hide: true } }, async (request, reply) => {
    const { entries, wrong } = await binOf(store, request);
    const now = Date.now();
    return reply.page('pages/bin', {
      title: 'Bin',
      wrong,
      entries: entries.map(({ id, kind, name, project, at, by, runs = [] }) => ({
        id,
        kind,
        name: kind === 'project' ? nameOf(project, []) : name,
        project,
        runs: runs.length,
        when: moment(at, now),
        by: by.name,
        days: Math.max(0, Math.ceil((Date.parse(at) + KEPT_MS - now) / 86_400_000)),
      })),
    });
  });

  app.post<OneEntry>('/bin/:id/undo', guarded, async (request, reply) => {
    const { kind, id } = await putBack(store, request, request.params.id);
    return reply.redirect(`/${kind}s/${id}`, 303);
  });

  app.post<OneEntry>('/bin/:id/erase', guarded, async (request, reply) => {
    await erase(store, request, request.params.id);
    return reply.redirect('/bin', 303);
  });
}
