import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockDataFolder } from '@marteau/store';
import { openRedis } from './redis.ts';
import { supervise } from './supervise.ts';

const root = join(import.meta.dirname, '../..');
const WEB_GRACE_MS = 10_000;
const WORKER_GRACE_MS = 40_000;
const READY_WITHIN_MS = 60_000;

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
  /** Resolves once all of it is down; rejects with a sentence when it cannot go on. */
  ended: Promise<void>;
}

/**
 * Redis, one web and N workers as one service: resolves when it serves, ends with the signal, leaves nothing.
 *
 *     start: data folder's lock ─▶ Redis ─▶ web, workers        end: web, workers ─▶ Redis ─▶ lock
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { env, dataFolder, nodes, show, signal } = options;
  const lock = await lockDataFolder(dataFolder);
  const redis = await openRedis({ redisUrl: env.REDIS_URL || undefined, dataFolder }, (line) =>
    show('redis', line),
  ).catch(async (error) => {
    await lock.release();
    throw error;
  });

  const broken = new AbortController();
  const childSignal = AbortSignal.any([signal, broken.signal]);
  const childEnv = { ...env, REDIS_URL: redis.url, MARTEAU_DATA: dataFolder };
  const child = (name: string, script: string, more: NodeJS.ProcessEnv, graceMs: number): Promise<void> =>
    supervise({
      name,
      script: join(root, script),
      env: { ...childEnv, ...more },
      show: (line) => show(name, line),
      signal: childSignal,
      graceMs,
    }).catch((error) => {
      broken.abort();
      throw error;
    });

  const children = [
    child('web', 'apps/web/src/server.ts', {}, WEB_GRACE_MS),
    ...Array.from({ length: nodes }, (_, index) =>
      child(
        `worker-${index + 1}`,
        'apps/worker/src/main.ts',
        { MARTEAU_NODE: `node-${index + 1}` },
        WORKER_GRACE_MS,
      ),
    ),
  ];
  const ended = Promise.allSettled(children).then(async (ends) => {
    await redis.stop();
    await lock.release();
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  });
  ended.catch(() => {}); // told to whoever awaits it

  const url = `http://${addressOf(env.HOST || '127.0.0.1')}:${env.PORT || 3000}`;
  await Promise.race([untilReady(url, childSignal), ended]);
  if (!childSignal.aborted) return { url, ended };
  await ended;
  throw new Error('It was stopped before it served.');
}

/** Waits until the web serves. */
async function untilReady(url: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!signal.aborted) {
    if (await serves(url, signal)) return;
    if (performance.now() > deadline)
      throw new Error(
        `${url} does not answer after ${READY_WITHIN_MS / 1000} s; the lines above may say why.`,
      );
    await sleep(100, undefined, { signal }).catch(() => {});
  }
}

async function serves(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const ready = await fetch(`${url}/readyz`, { signal });
    return ready.ok;
  } catch {
    return false;
  }
}

function addressOf(host: string): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return reachable.includes(':') ? `[${reachable}]` : reachable;
}
