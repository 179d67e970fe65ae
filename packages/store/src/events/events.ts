import { hasEnded, isMarteauError, type RunEvent } from '@marteau/shared';
import type { Context } from '../context.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import { readExported } from './export.ts';
import type { Hub } from './hub.ts';
import { isLast, readRange, type StoredEvent } from './stream.ts';
import type { Topic } from './topic.ts';

export interface Events {
  /**
   * Adds events to a run that has not ended; they are dropped silently when it has. State events are written by the
   * store itself. The oldest are trimmed beyond 20,000 events or 8 MB a run.
   * @throws 'store-unavailable', 'store-full'
   */
  append(runId: string, events: readonly RunEvent[]): Promise<void>;
  /**
   * All events after `afterId` (null: from the begin), then the new ones as they come; ends after the state event of
   * the run's end, with the signal, and at once for an unknown run. However many viewers, a process reads Redis
   * once; a slow viewer re-reads what it missed, so nothing is lost or doubled. Of an ended run it reads the folder.
   */
  tail(runId: string, afterId: string | null, signal: AbortSignal): AsyncIterable<StoredEvent>;
}

const MAX_EVENTS = 20_000;
const MAX_BYTES = 8 * 1024 * 1024;
/** A viewer who hears nothing for so long looks whether the run is still there. */
const SILENCE_MS = 15_000;
const RETRY_MS = 500;

const ID_PATTERN = /^\d{1,16}-\d{1,16}$/;

export function createEvents(context: Context, hub: Hub): Events {
  return {
    async append(runId, events) {
      if (!events.length) return;
      await context.script('append', {
        id: runId,
        events: events.map((event) => JSON.stringify(event)),
        maxEvents: MAX_EVENTS,
        maxBytes: MAX_BYTES,
      });
    },
    async *tail(runId, afterId, signal) {
      const run = await context.read.one(runId);
      if (!run || signal.aborted) return;
      const after = afterId && ID_PATTERN.test(afterId) ? afterId : null;
      if (hasEnded(run.state)) yield* tailEnded(context, runId, after);
      else yield* tailLive(context, hub, runId, after, AbortSignal.any([signal, context.closed]));
    },
  };
}

/** The stream as long as it is there, which is half an hour; then the folder. */
async function* tailEnded(
  context: Context,
  runId: string,
  after: string | null,
): AsyncGenerator<StoredEvent> {
  const { redis, folders } = context;
  const streamed = await onRedis(() => redis.exists(redisKeys.events(runId))).catch(() => 0);
  yield* streamed ? readRange(redis, runId, after) : readExported(folders.of(runId), after);
}

/** What was given out is remembered by its id, so that nothing comes twice or is left out. */
async function* tailLive(
  context: Context,
  hub: Hub,
  runId: string,
  after: string | null,
  signal: AbortSignal,
): AsyncGenerator<StoredEvent> {
  const topic = await onRedis(() => hub.enter(runId));
  try {
    let last = after;
    while (!signal.aborted) {
      const events = await nextEvents(topic, last, signal);
      for (const stored of events) {
        yield stored;
        last = stored.id;
        if (isLast(stored.event) || signal.aborted) return;
      }
      if (!events.length && !(await goesOn(context, runId, topic, last))) return;
    }
  } finally {
    hub.leave(runId);
  }
}

/** Waits for news; empty after a long silence. While Redis is away there is none. */
async function nextEvents(topic: Topic, last: string | null, signal: AbortSignal): Promise<StoredEvent[]> {
  const end = performance.now() + SILENCE_MS;
  while (!signal.aborted && performance.now() < end) {
    const { news } = topic;
    try {
      const events = await topic.after(last);
      if (events.length) return events;
      await topic.wait(news, end - performance.now(), signal);
    } catch (error) {
      if (!isMarteauError(error, 'store-unavailable')) throw error;
      await topic.wait(topic.news, RETRY_MS, signal);
    }
  }
  return [];
}

/** After a silence: whether more can come. A run may be lost with an emptied Redis, or ended behind our back. */
async function goesOn(context: Context, runId: string, topic: Topic, last: string | null): Promise<boolean> {
  try {
    const run = await context.read.one(runId);
    return run !== null && (!hasEnded(run.state) || (await topic.after(last)).length > 0);
  } catch (error) {
    if (!isMarteauError(error, 'store-unavailable')) throw error;
    return true;
  }
}
