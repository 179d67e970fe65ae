import { MarteauError } from '@marteau/shared';
import type { NodeEntry, NodeOrder, NodeSpec, NodeStatus, Nodes, NodeTest } from '../api/nodes.ts';
import type { Context } from '../context.ts';
import { nodeQueue } from '../jobs/jobs.ts';
import { allot } from '../ledger/allot.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import { joinNode } from './session.ts';

export function createNodes(context: Context): Nodes {
  const { redis, script, clock } = context;

  const change = async (name: string, value: '0' | '1'): Promise<void> => {
    const known = await script('set-node', { name, field: 'enabled', value, boot: '' });
    if (!known) throw notFound(name);
    if (value === '1') context.background(allot(context), {}, 'a worker will allot the free nodes');
  };

  const list = (): Promise<NodeEntry[]> =>
    onRedis(async () => {
      const names = (await redis.smembers(redisKeys.nodes())).sort();
      const nodes = await Promise.all(names.map((name) => redis.hgetall(redisKeys.node(name))));
      const atDesk = await Promise.all(names.map((name) => redis.scard(redisKeys.nodedesk(name))));
      const now = clock.now();
      return nodes.flatMap((node, i) => (node.spec ? [readNode(node, atDesk[i]! > 0, now)] : []));
    });

  const order = async (name: string, what: NodeOrder): Promise<void> => {
    const known = await script('set-node', { name, field: 'order', value: what, boot: '' });
    if (!known) throw notFound(name);
  };

  return {
    join: (spec, status, obey) => joinNode(context, spec, status, obey),
    list,
    async stop(name) {
      await order(name, 'stop');
      await script('set-node', { name, field: 'draining', value: '1', boot: '' });
    },
    async test(name) {
      const node = (await list()).find((one) => one.name === name);
      if (!node) throw notFound(name);
      const isFree = node.state === 'idle' || (node.state === 'disabled' && node.runId === null);
      if (!isFree) throw new MarteauError('node-not-free', { name, state: node.state });
      await order(name, 'test');
    },
    enable: (name) => change(name, '1'),
    disable: (name) => change(name, '0'),
    async forget(name) {
      const answer = await script('leave-node', { name, boot: '' });
      if (answer === 0) throw notFound(name);
      if (answer === -1) throw new MarteauError('node-alive', { name });
      await context.producers.drop(nodeQueue(name));
    },
  };
}

function readNode(node: Record<string, string>, atDesk: boolean, now: number): NodeEntry {
  const spec: NodeSpec = JSON.parse(node.spec!);
  const status: NodeStatus & { clockOffset: number } = node.status
    ? JSON.parse(node.status)
    : { doing: '', load: 0, freeMemory: 0, clockOffset: 0 };
  const test: NodeTest | null = node.test ? JSON.parse(node.test) : null;
  return {
    ...spec,
    ...status,
    calibratedRate: test ? test.rate : spec.calibratedRate,
    test,
    state: stateOf(node, atDesk, now),
    runId: node.slot ? node.slot.replace(/\/\d+$/, '') : null,
    duty: node.slot ? (node.duty as NodeEntry['duty']) || 'load' : null,
    joinedAt: instant(node.joinedAt),
    lastContact: instant(node.beatAt),
  };
}

function stateOf(node: Record<string, string>, atDesk: boolean, now: number): NodeEntry['state'] {
  if (Number(node.lease) <= now) return 'dead';
  if (node.enabled !== '1') return 'disabled';
  if (node.draining === '1') return 'draining';
  return node.slot || atDesk ? 'busy' : 'idle';
}

function instant(ms: string | undefined): string {
  return new Date(Number(ms ?? 0)).toISOString();
}

function notFound(name: string): MarteauError {
  return new MarteauError('not-found', { what: `node ${name.slice(0, 80)}` });
}
