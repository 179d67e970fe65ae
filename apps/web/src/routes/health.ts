import type { Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { type TSchema, Type } from 'typebox';

const Health = Type.Object({ status: Type.Literal('ok') });
const Ready = Type.Object({
  ...Health.properties,
  warnings: Type.Array(Type.String(), { description: 'settings of Redis with which the queue may be lost' }),
});

/** For probes: whether the process lives, and whether it can do its work. They say little else. */
export async function healthRoutes(app: FastifyInstance, { store }: { store: Store }) {
  const config = { access: 'anonymous', anyHost: true } as const;
  const schema = (summary: string, ok: TSchema = Health) => ({
    tags: ['service'],
    summary,
    response: { 200: ok },
  });

  app.get('/healthz', { config, logLevel: 'warn', schema: schema('The process answers') }, async () => ({
    status: 'ok',
  }));

  app.get('/readyz', { config, logLevel: 'warn', schema: schema('Redis answers too', Ready) }, async () => {
    await store.ping();
    return { status: 'ok', warnings: await store.warnings() };
  });
}
