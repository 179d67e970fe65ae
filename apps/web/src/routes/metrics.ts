import { Meters } from '@marteau/meters';
import type { FastifyInstance } from 'fastify';
import type { WebMeters } from '../meters/meters.ts';
import { metrics } from '../rights/rule.ts';

/** Figures of the service, for Prometheus. They name no project, no person and no run. */
export async function metricsRoutes(app: FastifyInstance, { meters }: { meters: WebMeters }) {
  const schema = { tags: ['service'], summary: 'Figures of the service, in Prometheus’ text format' };
  app.get('/metrics', { ...metrics, logLevel: 'warn', schema }, async (_request, reply) => {
    reply.type(Meters.CONTENT_TYPE).header('cache-control', 'no-store');
    return meters.text();
  });
}
