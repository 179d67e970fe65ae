import { BreakRequest } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { ofRun } from '../rights/rule.ts';
import { breakNow, breakRequestOf, healNow } from '../runs/chaos-command.ts';
import { knownRun } from '../runs/known-run.ts';
import { Problem } from '../server/problem.ts';

const Id = Type.Object({ id: Type.String() });
const Taken = Type.Object({ id: Type.String() });

interface OneRun {
  Params: { id: string };
}

/** Breaking a proxy of a run now, and healing everything: by the buttons of its page, and by the API. */
export async function runChaosRoutes(app: FastifyInstance, { store }: { store: Store }) {
  const guarded = { ...ofRun('runner'), preHandler: app.checkCsrf, schema: { hide: true } };

  app.post<OneRun & { Body: Record<string, unknown> }>('/runs/:id/break', guarded, async (request, reply) => {
    const { id } = await knownRun(store, request.params.id);
    await breakNow(store, id, breakRequestOf(request.body));
    return reply.redirect(`/runs/${id}`, 303);
  });

  app.post<OneRun>('/runs/:id/heal', guarded, async (request, reply) => {
    const { id } = await knownRun(store, request.params.id);
    await healNow(store, id);
    return reply.redirect(`/runs/${id}`, 303);
  });

  const answers = { response: { 202: Taken, '4xx': Problem, '5xx': Problem } };

  app.post<OneRun & { Body: BreakRequest }>(
    '/api/v1/runs/:id/break',
    {
      ...ofRun('runner'),
      schema: {
        tags: ['runs'],
        summary: 'Break a proxy of the run now; what came of it is a fault event',
        params: Id,
        body: BreakRequest,
        ...answers,
      },
    },
    async (request, reply) => {
      const { id } = await knownRun(store, request.params.id);
      await breakNow(store, id, request.body);
      return reply.code(202).send({ id });
    },
  );

  app.post<OneRun>(
    '/api/v1/runs/:id/heal',
    {
      ...ofRun('runner'),
      schema: {
        tags: ['runs'],
        summary: 'Heal everything that is broken, and call off what the timeline still holds',
        params: Id,
        ...answers,
      },
    },
    async (request, reply) => {
      const { id } = await knownRun(store, request.params.id);
      await healNow(store, id);
      return reply.code(202).send({ id });
    },
  );
}
