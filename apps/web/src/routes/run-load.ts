import { LoadChangeRequest } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { audit } from '../rights/audit.ts';
import { ofRun } from '../rights/rule.ts';
import { knownRun } from '../runs/known-run.ts';
import { changeLoad, loadChangeOf } from '../runs/load-change.ts';
import { Problem } from '../server/problem.ts';

const Id = Type.Object({ id: Type.String() });
const Taken = Type.Object({
  at: Type.String({ description: 'when all nodes do it, ISO 8601; a whole second of the load' }),
});

interface OneRun {
  Params: { id: string };
}

/** Changing the load of a run while it goes on: by its page, and by the API. */
export async function runLoadRoutes(app: FastifyInstance, { store }: { store: Store }) {
  app.post<OneRun & { Body: Record<string, unknown> }>(
    '/runs/:id/load',
    { ...ofRun('runner'), preHandler: app.checkCsrf, schema: { hide: true } },
    async (request, reply) => {
      const { id } = await knownRun(store, request.params.id);
      const change = loadChangeOf(request.body);
      await changeLoad(store, id, change);
      await audit(store, request, 'run.load', `run ${id}`, { after: JSON.stringify(change) });
      return reply.redirect(`/runs/${id}`, 303);
    },
  );

  app.post<OneRun & { Body: LoadChangeRequest }>(
    '/api/v1/runs/:id/load',
    {
      ...ofRun('runner'),
      schema: {
        tags: ['runs'],
        summary:
          'Change the load while it runs, over all nodes at the same second; such a run is never a baseline',
        params: Id,
        body: LoadChangeRequest,
        response: { 202: Taken, '4xx': Problem, '5xx': Problem },
      },
    },
    async (request, reply) => {
      const { id } = await knownRun(store, request.params.id);
      const at = await changeLoad(store, id, request.body);
      await audit(store, request, 'run.load', `run ${id}`, { after: JSON.stringify(request.body) });
      return reply.code(202).send({ at });
    },
  );
}
