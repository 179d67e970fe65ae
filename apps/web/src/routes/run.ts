import { isMarteauError } from '@marteau/shared';
import type { RunNotes, Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import type { Pages } from '../data/pages.ts';
import { ofRun } from '../rights/rule.ts';
import { tagViews } from '../views/tags.ts';

interface RunRequest {
  Params: { id: string };
  Querystring: { part?: string };
}

/** The page of one run; with `?part=now` only what renews itself. */
export async function runRoutes(app: FastifyInstance, { pages, store }: { pages: Pages; store: Store }) {
  app.get<RunRequest>('/runs/:id', { ...ofRun('reader'), schema: { hide: true } }, async (request, reply) => {
    const run = await pages.run(request.params.id);
    const { rights, projectId } = request;
    const may = {
      run: rights.may(projectId, 'runner', 'control'),
      own: rights.may(projectId, 'owner', 'control'),
    };
    if (request.query.part === 'now') return reply.part('partials/run-regions', { run, may });
    const notes = await notesOf(store, run.id);
    return reply.page('pages/run', { title: run.title, run, may, notes, tags: tagViews(notes) });
  });
}

/** None while Redis is away: the page of an ended run is shown without it, too. */
async function notesOf(store: Store, id: string): Promise<RunNotes | null> {
  try {
    return (await store.notes.of([id])).get(id) ?? null;
  } catch (error) {
    if (isMarteauError(error, 'store-unavailable')) return null;
    throw error;
  }
}
