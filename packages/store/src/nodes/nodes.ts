import { MarteauError } from '@marteau/shared';
import type { Context } from '../context.ts';
import { nodeQueue } from '../jobs/jobs.ts';
import { allotSoon } from '../ledger/allot.ts';
import { redisKeys } from '../redis/keys.ts';
import type { ScriptMap } from '../redis/script-map.ts';
import { onRedis } from '../redis/store-error.ts';
import { type NodeEntry, type NodeOrder, type NodeSpec, type NodeStatus, readNode } from './node.ts';
import { joinNode, type NodeSession } from './session.ts';

export interface Nodes {
  /**
   * Registers this process and keeps it registered, also over an emptied Redis.
   * @param status asked before every beat
   * @param obey called with what a person asks of it, and with 'stop' when another process has its name
   * @throws 'node-name-taken' while another live process has the name, 'bad-node-name', 'node-version' beside live
   * nodes of another version of Marteau, 'folders-elsewhere' where the server keeps runs in another place
   */
  join(spec: NodeSpec, status: () => NodeStatus, obey?: (order: NodeOrder) => void): Promise<NodeSession>;
  /** All, by name, dead ones included until they are forgotten. */
  list(): Promise<NodeEntry[]>;
  /** @throws 'not-found' */
  enable(name: string): Promise<void>;
  /** It finishes what it has and takes no more. @throws 'not-found' */
  disable(name: string): Promise<void>;
  /** It takes no more, finishes what it has, and its worker ends. @throws 'not-found' */
  stop(name: string): Promise<void>;
  /** Measures what it can generate; takes a minute. @throws 'not-found', 'node-not-free' */
  test(name: string): Promise<void>;
  /** Forgets a dead node. @throws 'not-found', 'node-alive' */
  forget(name: string): Promise<void>;
}

export function createNodes(context: Context): Nodes {
  const { redis, script, clock } = context;

  const set = async (name: string, setting: Pick<ScriptMap['set-node']['args'], 'field' | 'value'>) => {
    if (!(await script('set-node', { name, ...setting, boot: '' }))) throw notFound(name);
  };

  const list = (): Promise<NodeEntry[]> =>
    onRedis(async () => {
      const names = (await redis.smembers(redisKeys.nodes())).sort();
      const nodes = await Promise.all(names.map((name) => redis.hgetall(redisKeys.node(name))));
      const jobs = await Promise.all(names.map((name) => redis.scard(redisKeys.nodejobs(name))));
      const now = clock.now();
      return nodes.flatMap((node, i) => (node.spec ? [readNode(node, jobs[i]! > 0, now)] : []));
    });

  return {
    join: (spec, status, obey) => joinNode(context, spec, status, obey),
    list,
    async stop(name) {
      await set(name, { field: 'order', value: 'stop' });
      await set(name, { field: 'draining', value: '1' });
    },
    async test(name) {
      const node = (await list()).find((one) => one.name === name);
      if (!node) throw notFound(name);
      const isFree = node.state === 'idle' || (node.state === 'disabled' && node.runId === null);
      if (!isFree) throw new MarteauError('node-not-free', { name, state: node.state });
      await set(name, { field: 'order', value: 'test' });
    },
    async enable(name) {
      await set(name, { field: 'enabled', value: '1' });
      allotSoon(context);
    },
    disable: (name) => set(name, { field: 'enabled', value: '0' }),
    async forget(name) {
      const answer = await script('leave-node', { name, boot: '' });
      if (answer === 0) throw notFound(name);
      if (answer === -1) throw new MarteauError('node-alive', { name });
      await context.producers.drop(nodeQueue(name));
    },
  };
}

function notFound(name: string): MarteauError {
  return new MarteauError('not-found', { what: `node ${name.slice(0, 80)}` });
}
