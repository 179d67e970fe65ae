import { Readable } from 'node:stream';
import { consoleText, hasEnded, type Run } from '@marteau/shared';
import type { Store, StoredEvent } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { snapshot } from '../live/snapshot.ts';
import { INERT_POLICY } from '../plugins/security-headers.ts';
import { ofRun } from '../rights/rule.ts';
import { knownRun } from '../runs/known-run.ts';
import { consoleTail } from '../views/console.ts';

interface ConsoleRequest {
  Params: { id: string };
}

/** A run's console: all of it as text, and its end as a page for browsers without JavaScript. */
export async function consoleRoutes(app: FastifyInstance, { store }: { store: Store }) {
  app.get<ConsoleRequest>(
    '/runs/:id/console.log',
    { ...ofRun('reader'), schema: { hide: true } },
    async (request, reply) => {
      const run = await knownRun(store, request.params.id);
      reply
        .type('text/plain; charset=utf-8')
        .header('content-security-policy', INERT_POLICY)
        .header('content-disposition', `attachment; filename="${run.id}-console.log"`);
      const kept = hasEnded(run.state) ? await store.folders.of(run.id).open('console.log') : null;
      return reply.send(kept ? kept.stream : Readable.from(liveText(store, run)));
    },
  );

  app.get<ConsoleRequest>(
    '/runs/:id/console',
    { ...ofRun('reader'), schema: { hide: true } },
    async (request, reply) => {
      const run = await knownRun(store, request.params.id);
      const chunks = [];
      for await (const { event } of soFar(store, run)) {
        if (event.type === 'console') chunks.push(event);
      }
      return reply.page('pages/console', { ...consoleTail(chunks), live: !hasEnded(run.state) });
    },
  );
}

/** All events of a run that has ended; of an open one those that are there already. */
function soFar(store: Store, run: Run): AsyncIterable<StoredEvent> {
  const tail = (signal: AbortSignal) => store.events.tail(run.id, null, signal);
  return hasEnded(run.state) ? tail(new AbortController().signal) : snapshot(tail);
}

/** The same lines as the console.log of the folder will have. */
async function* liveText(store: Store, run: Run): AsyncGenerator<string> {
  for await (const { event } of soFar(store, run)) {
    if (event.type === 'console') yield consoleText(event);
  }
}
