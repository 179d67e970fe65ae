import { BinEntry, type Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { signedIn } from '../../rights/rule.ts';
import { binOf, erase, putBack } from '../../runs/bin.ts';
import { Problem } from '../../server/problem.ts';

const { id, kind, project, name, at } = BinEntry.properties;
const ApiEntry = Type.Object({
  id,
  kind,
  project,
  name,
  at,
  by: Type.String({
    description: 'how people know who deleted it; empty where nobody is asked who they are',
  }),
});
const Id = Type.Object({ id: Type.String() });

/** What was deleted, and can be had back for thirty days. */
export async function apiBinRoutes(app: FastifyInstance, { store }: { store: Store }) {
  const tags = ['bin'];
  const wrong = { '4xx': Problem, '5xx': Problem };

  app.get(
    '/api/v1/bin',
    {
      ...signedIn,
      schema: {
        tags,
        summary: 'What was deleted and can be had back, the latest first',
        response: { 200: Type.Object({ entries: Type.Array(ApiEntry) }), ...wrong },
      },
    },
    async (request) => ({
      entries: (await binOf(store, request)).entries.map((entry) => ({ ...entry, by: entry.by.name })),
    }),
  );

  app.post<{ Params: { id: string } }>(
    '/api/v1/bin/:id/undo',
    {
      ...signedIn,
      schema: { tags, summary: 'Have it back', params: Id, response: { 204: Type.Null(), ...wrong } },
    },
    async (request, reply) => {
      await putBack(store, request, request.params.id);
      return reply.code(204).send();
    },
  );

  app.delete<{ Params: { id: string } }>(
    '/api/v1/bin/:id',
    {
      ...signedIn,
      schema: { tags, summary: 'Delete it for good', params: Id, response: { 204: Type.Null(), ...wrong } },
    },
    async (request, reply) => {
      await erase(store, request, request.params.id);
      return reply.code(204).send();
    },
  );
}
