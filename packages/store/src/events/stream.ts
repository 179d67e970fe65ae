import { hasEnded, type RunEvent } from '@marteau/shared';
import type { Redis } from 'ioredis';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

export interface StoredEvent {
  /** Opaque, ascending; what Last-Event-ID carries. */
  id: string;
  /** Shared by all viewers of this process: do not change it. */
  event: RunEvent;
}

/** One entry of a Redis stream, as ioredis gives it: the event is in its only field. */
export type Entry = [id: string, fields: string[]];

const PAGE = 500;

export function readEntry([id, [, json]]: Entry): StoredEvent {
  return { id, event: Object.freeze(JSON.parse(json!) as RunEvent) };
}

/** The first events in the stream after one of them; empty when there are no more. */
export async function readPage(redis: Redis, runId: string, afterId: string | null): Promise<StoredEvent[]> {
  const from = afterId === null ? '-' : `(${afterId}`;
  return (await onRedis(() => redis.xrange(redisKeys.events(runId), from, '+', 'COUNT', PAGE))).map(
    readEntry,
  );
}

/** All events that are in the stream now, after one of them. */
export async function* readRange(
  redis: Redis,
  runId: string,
  afterId: string | null,
): AsyncGenerator<StoredEvent> {
  for (let last = afterId; ; ) {
    const page = await readPage(redis, runId, last);
    yield* page;
    if (page.length < PAGE) return;
    last = page.at(-1)!.id;
  }
}

/**
 * Order of the ids of a Redis stream: `ms-n`, both without zeros in front. Digit by digit, because it is asked for
 * each viewer and each event.
 */
export function isAfter(a: string, b: string): boolean {
  const dashA = a.indexOf('-');
  const dashB = b.indexOf('-');
  if (dashA !== dashB) return dashA > dashB;
  for (let i = 0; i < dashA; i++) {
    const difference = a.charCodeAt(i) - b.charCodeAt(i);
    if (difference !== 0) return difference > 0;
  }
  if (a.length !== b.length) return a.length > b.length;
  for (let i = dashA + 1; i < a.length; i++) {
    const difference = a.charCodeAt(i) - b.charCodeAt(i);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** Whether this event is a run's last. */
export function isLast(event: RunEvent): boolean {
  return event.type === 'state' && hasEnded(event.state);
}
