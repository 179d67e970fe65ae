import { join } from 'node:path';
import { sweepLeftovers } from '@marteau/launch';
import { lockDataFolder } from '@marteau/store';
import { openRedis } from './redis.ts';
import { supervise } from './supervise.ts';

const root = join(import.meta.dirname, '../..');
const WEB_GRACE_MS = 10_000;
/** Its own grace is 20 s, and `after` of a run may take 30 s. */
const WORKER_GRACE_MS = 60_000;

export interface ServiceOptions {
  /** The environment that web and workers get, `REDIS_URL` aside. */
  env: NodeJS.ProcessEnv;
  /** Absolute. */
  dataFolder: string;
  /** How many workers. */
  nodes: number;
  /** Where its lines go: who says it, and what. */
  show: (name: string, line: string) => void;
  /** Ends it. */
  signal: AbortSignal;
}

export interface Service {
  /** `http://127.0.0.1:3000` */
  url: string;
  /** Resolves once all of it is down. */
  ended: Promise<void>;
}

/**
 * Redis, one web and N workers as one service: resolves when it serves, ends with the signal, leaves nothing.
 *
 *     start: data folder's lock ─▶ Redis ─▶ web, workers        end: workers, web ─▶ Redis ─▶ lock
 *
 * @throws what Redis or the lock say; an Error when the web or a worker cannot start
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { env, dataFolder, nodes, show, signal } = options;
  await using stack = new AsyncDisposableStack();
  const lock = await lockDataFolder(dataFolder);
  stack.defer(() => lock.release());
  sweepLeftovers(); // without namespaces the Redis of a start that was killed is still there
  const redis = await openRedis(env.REDIS_URL || undefined, dataFolder, (line) => show('redis', line));
  stack.defer(() => redis.stop());

  const failed = new AbortController();
  const child = (name: string, script: string, more: NodeJS.ProcessEnv, graceMs: number) =>
    supervise({
      name,
      script: join(root, script),
      env: { ...env, REDIS_URL: redis.url, MARTEAU_DATA: dataFolder, ...more },
      show: (line) => show(name, line),
      signal: AbortSignal.any([signal, failed.signal]),
      graceMs,
    });
  const web = child('web', 'apps/web/src/server.ts', {}, WEB_GRACE_MS);
  const workers = Array.from({ length: nodes }, (_, index) =>
    child(
      `worker-${index + 1}`,
      'apps/worker/src/main.ts',
      { MARTEAU_NODE: `node-${index + 1}` },
      WORKER_GRACE_MS,
    ),
  );
  const all = [web, ...workers];
  stack.defer(async () => {
    failed.abort();
    await Promise.all(all.map(({ ended }) => ended));
  });

  const [line] = await Promise.all(all.map(({ listening }) => listening));
  const url = /https?:\/\/\S+/.exec(line!)?.[0] ?? '';
  const kept = stack.move();
  return { url, ended: Promise.all(all.map(({ ended }) => ended)).then(() => kept.disposeAsync()) };
}
