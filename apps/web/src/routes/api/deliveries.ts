import { Arrival, type Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { knownProject } from '../../data/known-project.ts';
import { Problem } from '../../server/problem.ts';

const { project: _, ...shown } = Arrival.properties;
const Delivery = Type.Object(shown);
const List = Type.Object({ deliveries: Type.Array(Delivery) });
const OfProject = Type.Object({ id: Type.String() });
const One = Type.Object({ id: Type.String(), delivery: Type.String() });

/** What the forge has told a project, and what came of it. */
export async function apiDeliveryRoutes(app: FastifyInstance, { store }: { store: Store }) {
  const tags = ['projects'];
  const wrong = { '4xx': Problem, '5xx': Problem };

  app.get<{ Params: { id: string } }>(
    '/api/v1/projects/:id/deliveries',
    {
      schema: {
        tags,
        summary: 'The calls of a project’s hook: those that wait and the last fifty others, newest first',
        params: OfProject,
        response: { 200: List, ...wrong },
      },
    },
    async (request) => {
      const { id } = await knownProject(store, request.params.id);
      return { deliveries: await store.arrivals.list(id) };
    },
  );

  app.post<{ Params: { id: string; delivery: string } }>(
    '/api/v1/projects/:id/deliveries/:delivery/replay',
    {
      schema: {
        tags,
        summary: 'Do for a delivery once more what is to be done for it',
        params: One,
        response: { 202: Delivery, ...wrong },
      },
    },
    async (request, reply) => {
      const { id } = await knownProject(store, request.params.id);
      return reply.code(202).send(await store.arrivals.replay(id, request.params.delivery));
    },
  );
}
