import { type RunEvent, redisKeys } from '@marteau/shared';
import type { Redis } from 'ioredis';
import type { StoredEvent } from '../api/events.ts';
import { onRedis } from '../redis/store-error.ts';

/** One entry of a Redis stream, as ioredis gives it: the event is in its only field. */
export type Entry = [id: string, fields: string[]];

const PAGE = 500;

export function readEntry([id, [, json]]: Entry): StoredEvent {
  return { id, event: JSON.parse(json!) as RunEvent };
}

/** The events that are in the stream now, after one of them, page by page. */
export async function* readRange(
  redis: Redis,
  runId: string,
  afterId: string | null,
): AsyncGenerator<StoredEvent> {
  let from = afterId === null ? '-' : `(${afterId}`;
  for (;;) {
    const page = await onRedis(() => redis.xrange(redisKeys.events(runId), from, '+', 'COUNT', PAGE));
    for (const entry of page) yield readEntry(entry);
    if (page.length < PAGE) return;
    from = `(${page.at(-1)![0]}`;
  }
}
