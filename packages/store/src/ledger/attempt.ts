import type { Context } from '../context.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/** A node that died or was lost after the start. */
export interface LostShare {
  share: number;
  node: string;
  /** ms since the common start */
  at: number;
  /** Somebody asked its worker, or the whole server, to end. */
  stopped?: true;
}

/** What the finalizer must know beside the measurements. */
export interface AttemptRecord {
  attempt: number;
  /** Node of each share, by its index. */
  nodes: string[];
  /** Which of them generates no load but has the app; null for none. */
  appShare: number | null;
  /** ISO instant of the common start. */
  startedAt: string | null;
  stopped: boolean;
  lost: LostShare[];
}

/** See Ledger.attempt. */
export async function readAttempt({ redis }: Context, runId: string): Promise<AttemptRecord | null> {
  const fields = ['attempt', 'slots', 'startAt', 'stopped', 'lost', 'appNode'] as const;
  const values = await onRedis(() => redis.hmget(redisKeys.run(runId), ...fields));
  const [attempt, slots, startAt, stopped, lost, app] = values;
  if (!attempt) return null;
  const nodes: string[] = JSON.parse(slots || '[]');
  return {
    attempt: Number(attempt),
    nodes,
    appShare: app === '1' ? nodes.length - 1 : null,
    startedAt: startAt ? new Date(Number(startAt)).toISOString() : null,
    stopped: stopped === '1',
    lost: JSON.parse(lost || '[]'),
  };
}
