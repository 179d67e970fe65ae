import { MarteauError } from '@marteau/shared';
import type { Store } from '@marteau/store';
import { NODE_NAME_PATTERN } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { asSeen } from '../data/seen-node.ts';
import { admin, signedIn } from '../rights/rule.ts';
import { nodeTile } from '../views/node-tile.ts';

interface NodeRequest {
  Params: { name: string };
}

/** The nodes: what each is, what it does, and whether it may take runs. */
export async function nodesRoutes(app: FastifyInstance, { store }: { store: Store }) {
  const guarded = { ...admin, preHandler: app.checkCsrf, schema: { hide: true } };

  app.get<{ Querystring: { part?: string } }>(
    '/nodes',
    { ...signedIn, schema: { hide: true } },
    async (request, reply) => {
      const nodes = await store.nodes.list();
      const runs = await Promise.all(
        nodes.map(({ runId }) => (runId === null ? null : store.runs.get(runId))),
      );
      const { sees } = request.rights;
      const tiles = nodes.map((node, i) => {
        const seen = asSeen(node, sees, runs);
        return nodeTile(seen, seen.runId === null ? null : (runs[i] ?? null), Date.now());
      });
      const paused = await store.ledger.paused();
      const warnings = await store.warnings();
      if (request.query.part === 'now')
        return reply.part('partials/nodes-regions', { tiles, paused, warnings });
      return reply.page('pages/nodes', { title: 'Nodes', tiles, paused, warnings });
    },
  );

  for (const action of ['enable', 'disable', 'test', 'stop', 'forget'] as const) {
    app.post<NodeRequest>(`/nodes/:name/${action}`, guarded, async (request, reply) => {
      const { name } = request.params;
      if (!NODE_NAME_PATTERN.test(name)) throw new MarteauError('not-found', { what: 'such node' });
      await store.nodes[action](name);
      return reply.redirect('/nodes', 303);
    });
  }

  for (const action of ['pause', 'resume'] as const) {
    app.post(`/queue/${action}`, guarded, async (_request, reply) => {
      await store.ledger[action]();
      return reply.redirect('/nodes', 303);
    });
  }
}
