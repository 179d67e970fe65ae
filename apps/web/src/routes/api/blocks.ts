import { Block, type Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { admin } from '../../rights/rule.ts';
import { liftBlock } from '../../runs/lift-block.ts';
import { Problem } from '../../server/problem.ts';

const Blocks = Type.Object({ blocks: Type.Array(Block) });

/** Targets whose owners have stopped a load: which project may not go there, and until when. */
export async function apiBlockRoutes(app: FastifyInstance, { store }: { store: Store }) {
  const tags = ['blocks'];
  const wrong = { '4xx': Problem, '5xx': Problem };

  app.get(
    '/api/v1/blocks',
    {
      ...admin,
      schema: {
        tags,
        summary: 'Where projects may not go, as owners of targets want it',
        response: { 200: Blocks, ...wrong },
      },
    },
    async () => ({ blocks: await store.blocks.list() }),
  );

  app.delete<{ Params: { id: string } }>(
    '/api/v1/blocks/:id',
    {
      ...admin,
      schema: {
        tags,
        summary: 'Lift one before its time',
        params: Type.Object({ id: Type.String() }),
        response: { 204: Type.Null(), ...wrong },
      },
    },
    async (request, reply) => {
      await liftBlock(store, request, request.params.id);
      return reply.code(204).send();
    },
  );
}
