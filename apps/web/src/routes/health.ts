import type { Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';

const Health = Type.Object({ status: Type.Literal('ok') });

/** For probes: whether the process lives, and whether it can do its work. They say nothing else. */
export async function healthRoutes(app: FastifyInstance, { store }: { store: Store }) {
  const config = { anyHost: true };
  const schema = (summary: string) => ({ tags: ['service'], summary, response: { 200: Health } });

  app.get('/healthz', { config, logLevel: 'warn', schema: schema('The process answers') }, async () => ({
    status: 'ok',
  }));

  app.get('/readyz', { config, logLevel: 'warn', schema: schema('Redis answers too') }, async () => {
    await store.ping();
    return { status: 'ok' };
  });
}
