import { MarteauError } from '@marteau/shared';
import type { Store } from '@marteau/store';
import { NODE_NAME_PATTERN } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { asSeen } from '../../data/seen-node.ts';
import { admin, signedIn } from '../../rights/rule.ts';
import { Problem } from '../../server/problem.ts';

const Name = Type.Object({ name: Type.String() });
const Names = Type.Record(Type.String(), Type.String());

/** A node as the API answers it. */
const ApiNode = Type.Object({
  name: Type.String(),
  state: Type.Enum(['idle', 'busy', 'disabled', 'draining', 'dead']),
  runId: Type.Union([Type.String(), Type.Null()]),
  duty: Type.Union([Type.Literal('load'), Type.Literal('app'), Type.Null()], {
    description: 'for its run: whether it generates load, or has the app',
  }),
  doing: Type.String({ description: 'in words; empty when idle' }),
  cores: Type.Integer(),
  memory: Type.Number({ description: 'bytes' }),
  freeMemory: Type.Number({ description: 'bytes' }),
  load: Type.Number({ description: 'load average of one minute per core' }),
  calibratedRate: Type.Union([Type.Number(), Type.Null()], {
    description: 'requests/s that it generated when it was measured',
  }),
  containment: Type.Optional(
    Type.String({ description: 'how scripts are held there, in words: docs/security.md' }),
  ),
  versions: Names,
  labels: Names,
  roles: Type.Array(Type.String()),
  joinedAt: Type.String(),
  lastContact: Type.String(),
  clockOffset: Type.Number({ description: 'its clock minus the queue’s, ms' }),
  test: Type.Union([
    Type.Object({
      at: Type.String(),
      rate: Type.Union([Type.Number(), Type.Null()]),
      sentence: Type.String(),
    }),
    Type.Null(),
  ]),
});

/** Nodes: list, enable, disable, test, stop, forget. */
export async function apiNodeRoutes(app: FastifyInstance, { store }: { store: Store }) {
  const tags = ['nodes'];
  const wrong = { '4xx': Problem, '5xx': Problem };

  app.get(
    '/api/v1/nodes',
    {
      ...signedIn,
      schema: {
        tags,
        summary: 'All nodes',
        response: { 200: Type.Object({ nodes: Type.Array(ApiNode) }), ...wrong },
      },
    },
    async ({ rights: { sees } }) => {
      const nodes = await store.nodes.list();
      if (sees === null) return { nodes };
      const runs = await Promise.all(nodes.map(({ runId }) => runId && store.runs.get(runId)));
      return {
        nodes: nodes.map((node) =>
          asSeen(
            node,
            sees,
            runs.map((run) => run || null),
          ),
        ),
      };
    },
  );

  for (const [action, summary] of [
    ['enable', 'Let a node take runs again'],
    ['disable', 'Let a node finish what it has and take no more'],
    ['test', 'Measure what an idle node can generate; takes a minute'],
    ['stop', 'Let a node finish what it has and end'],
    ['forget', 'Forget a node that is gone'],
  ] as const) {
    app.post<{ Params: { name: string } }>(
      `/api/v1/nodes/:name/${action}`,
      { ...admin, schema: { tags, summary, params: Name, response: { 204: Type.Null(), ...wrong } } },
      async (request, reply) => {
        const { name } = request.params;
        if (!NODE_NAME_PATTERN.test(name)) throw new MarteauError('not-found', { what: 'such node' });
        await store.nodes[action](name);
        return reply.code(204).send();
      },
    );
  }
}
