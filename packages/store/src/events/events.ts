import { hasEnded, isMarteauError, redisKeys } from '@marteau/shared';
import type { Events, StoredEvent } from '../api/events.ts';
import type { Context } from '../context.ts';
import { onRedis } from '../redis/store-error.ts';
import { readExported } from './export.ts';
import { type Hub, isLast } from './hub.ts';
import { readRange } from './stream.ts';

const MAX_EVENTS = 20_000;
const MAX_BYTES = 8 * 1024 * 1024;
/** A viewer who hears nothing for so long looks whether the run is still there. */
const SILENCE_MS = 15_000;
const RETRY_MS = 500;

const idPattern = /^\d{1,16}-\d{1,16}$/;

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
    tail: (runId, afterId, signal) =>
      tailRun(context, hub, runId, afterId && idPattern.test(afterId) ? afterId : null, signal),
  };
}

async function* tailRun(
  context: Context,
  hub: Hub,
  runId: string,
  afterId: string | null,
  signal: AbortSignal,
): AsyncGenerator<StoredEvent> {
  const run = await context.read.one(runId);
  if (!run || signal.aborted) return;
  if (hasEnded(run.state)) yield* tailEnded(context, runId, afterId);
  else yield* tailLive(context, hub, runId, afterId, signal);
}

/** The stream as long as it is there, which is half an hour; then the folder. */
async function* tailEnded(
  context: Context,
  runId: string,
  afterId: string | null,
): AsyncGenerator<StoredEvent> {
  const { redis, folders } = context;
  const streamed = await onRedis(() => redis.exists(redisKeys.events(runId))).catch(() => 0);
  yield* streamed ? readRange(redis, runId, afterId) : readExported(folders.of(runId), afterId);
}

/**
 * Catches up from Redis, then sits with the others at the hub; who lags too far behind there, or hears nothing for
 * long, catches up again. What was given out is remembered by its id, so nothing comes twice.
 */
async function* tailLive(
  context: Context,
  hub: Hub,
  runId: string,
  afterId: string | null,
  signal: AbortSignal,
): AsyncGenerator<StoredEvent> {
  let last = afterId ?? '0-0';
  await hub.position(runId);
  try {
    while (!signal.aborted) {
      try {
        do {
          for await (const stored of readRange(context.redis, runId, last)) {
            yield stored;
            last = stored.id;
            if (isLast(stored.event) || signal.aborted) return;
          }
        } while (!hub.hasCaughtUp(runId, last));
      } catch (error) {
        if (!isMarteauError(error, 'store-unavailable')) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        continue;
      }
      const seat = hub.sit(runId, last);
      try {
        for (
          let taken = await seat.take(SILENCE_MS, signal);
          taken?.length;
          taken = await seat.take(SILENCE_MS, signal)
        )
          for (const stored of taken) {
            yield stored;
            last = stored.id;
            if (isLast(stored.event) || signal.aborted) return;
          }
      } finally {
        seat.leave();
      }
      const run = await context.read.one(runId).catch(() => undefined);
      // lost with an emptied Redis, or closed since: nothing comes any more
      if (run === null || (run && hasEnded(run.state) && (await isGone(context, runId)))) return;
    }
  } finally {
    hub.release(runId);
  }
}

async function isGone({ redis }: Context, runId: string): Promise<boolean> {
  return (await onRedis(() => redis.exists(redisKeys.events(runId)))) === 0;
}
