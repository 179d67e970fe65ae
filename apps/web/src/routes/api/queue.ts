import type { Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { admin, signedIn } from '../../rights/rule.ts';
import { Problem } from '../../server/problem.ts';

const Queue = Type.Object({ paused: Type.Boolean({ description: 'nothing new starts' }) });

/** The queue: whether it is paused, pause, resume. */
export async function apiQueueRoutes(app: FastifyInstance, { store }: { store: Store }) {
  const tags = ['queue'];
  const response = { 200: Queue, '4xx': Problem, '5xx': Problem };
  const standing = async () => ({ paused: await store.ledger.paused() });

  app.get(
    '/api/v1/queue',
    { ...signedIn, schema: { tags, summary: 'Whether the queue is paused', response } },
    standing,
  );
  for (const [action, summary] of [
    ['pause', 'Let nothing new start; what runs goes on'],
    ['resume', 'Let runs start again, in their order'],
  ] as const) {
    app.post(`/api/v1/queue/${action}`, { ...admin, schema: { tags, summary, response } }, async () => {
      await store.ledger[action]();
      return standing();
    });
  }
}
