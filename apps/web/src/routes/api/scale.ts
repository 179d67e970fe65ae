import { MarteauError } from '@marteau/shared';
import { nodeSet, type Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { metrics } from '../../rights/rule.ts';
import { Problem } from '../../server/problem.ts';

const NodeSet = Type.Object({
  labels: Type.Record(Type.String(), Type.String()),
  tools: Type.Array(Type.String(), { description: 'of others, that nodes of it have or runs want' }),
  wanted: Type.Integer({
    description: 'how many nodes it should have: those at work, and all that the first runs of the line take',
  }),
  busy: Type.Integer(),
  idle: Type.Integer(),
  draining: Type.Integer({ description: 'alive, take nothing more and do nothing' }),
  waiting: Type.Integer({ description: 'runs that wait for nodes with these labels' }),
  oldestWaitSeconds: Type.Integer(),
});
const v = Type.Literal(1);
const Scale = Type.Object({ v, sets: Type.Array(NodeSet) });
const ScaleOfOne = Type.Object({ v, ...NodeSet.properties });

const ONE_PAIR = /^([A-Za-z0-9][\w.-]{0,62})=([\w.-]{1,63})$/;

/** How many nodes there should be, for what starts and ends them: KEDA, an autoscaling group, a script. */
export async function scaleRoutes(app: FastifyInstance, { store }: { store: Pick<Store, 'ledger'> }) {
  app.get<{ Querystring: { labels?: string } }>(
    '/api/v1/scale',
    {
      ...metrics,
      schema: {
        tags: ['nodes'],
        summary: 'How many nodes are wanted, by their labels',
        querystring: Type.Object({
          labels: Type.Optional(
            Type.String({
              description:
                'the set with exactly these, as an object of its own: region=eu,disk=ssd; empty for none',
            }),
          ),
        }),
        response: { 200: Type.Union([ScaleOfOne, Scale]), '4xx': Problem, '5xx': Problem },
      },
    },
    async ({ query: { labels } }) => {
      const one = labels === undefined ? null : readLabels(labels);
      const sets = await store.ledger.scale();
      return one === null ? { v: 1, sets } : { v: 1, ...nodeSet(sets, one) };
    },
  );
}

function readLabels(text: string): Record<string, string> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = ONE_PAIR.exec(pair.trim()) ?? [];
      if (name === undefined || value === undefined)
        throw new MarteauError('bad-request', {
          detail: 'labels takes names with values, and commas between: region=eu,disk=ssd.',
        });
      return [name, value];
    }),
  );
}
