import { hasEnded } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { knownRun } from '../known-run.ts';
import { runPage } from '../views/run-page.ts';

interface RunRequest {
  Params: { id: string };
  Querystring: { part?: string };
}

const charts = [
  { key: 'rate', name: 'Requests per second' },
  { key: 'latency', name: 'Request time' },
  { key: 'errors', name: 'Errors and failures per second' },
  { key: 'users', name: 'Users' },
];

/** The page of one run; with `?part=now` only what renews itself. */
export async function runRoutes(app: FastifyInstance, { store }: { store: Store }) {
  app.get<RunRequest>('/runs/:id', { schema: { hide: true } }, async (request, reply) => {
    const found = await knownRun(store, request.params.id);
    const [places, mails] = await Promise.all([
      hasEnded(found.state) ? new Map() : store.ledger.places([found.id]),
      hasEnded(found.state) ? store.outbox.of(found.id) : [],
    ]);
    const run = runPage(found, places.get(found.id) ?? null, mails, Date.now());
    if (request.query.part === 'now') return reply.part('partials/run-regions', { run });
    return reply.page('pages/run', { title: run.title, run, charts });
  });
}
