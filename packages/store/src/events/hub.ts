import { type RunEvent, redisKeys } from '@marteau/shared';
import type { Redis } from 'ioredis';
import type { StoredEvent } from '../api/events.ts';
import { type ConnectionOptions, connect, disconnect, patient } from '../redis/connections.ts';
import { isAfter } from './export.ts';
import { type Entry, readEntry } from './stream.ts';

/** How long one read waits for news; a run that is looked at anew joins with the next read. */
const BLOCK_MS = 200;
const READ_AT_ONCE = 500;
/** What a viewer may lag behind before it is let go, to read again from Redis what it missed. */
const QUEUE_LIMIT = 500;

/** One viewer's share of what comes: `take` gives what is there, or waits; null when it lags too far behind. */
export interface Seat {
  take(waitMs: number, signal: AbortSignal): Promise<StoredEvent[] | null>;
  leave(): void;
}

/** The live events of all runs that someone looks at, read once per process. */
export interface Hub {
  /** The id up to which the hub has read; what comes later reaches those who have a seat. */
  position(runId: string): Promise<string>;
  /** Whether the hub has nothing newer than this, so that a seat taken now misses nothing. */
  hasCaughtUp(runId: string, lastId: string): boolean;
  sit(runId: string, lastId: string): Seat;
  /** Must be called once for every `position`. */
  release(runId: string): void;
  close(): Promise<void>;
}

interface Topic {
  lastId: string;
  users: number;
  seats: Set<(event: StoredEvent) => void>;
  begun: Promise<void>;
}

export function createHub(connection: ConnectionOptions): Hub {
  const topics = new Map<string, Topic>();
  let redis: Redis | undefined;
  let reading = false;
  let closed = false;

  const open = (): Redis => {
    if (closed) throw new Error('the store is closed');
    redis ??= connect(connection, 'events', patient);
    return redis;
  };

  const read = async (): Promise<void> => {
    if (reading) return;
    reading = true;
    while (topics.size && !closed) {
      const ids = [...topics.keys()];
      const keys = ids.map(redisKeys.events);
      const from = ids.map((id) => topics.get(id)!.lastId);
      try {
        const answer = await open().xread(
          'COUNT',
          READ_AT_ONCE,
          'BLOCK',
          BLOCK_MS,
          'STREAMS',
          ...keys,
          ...from,
        );
        for (const [key, entries] of (answer ?? []) as [string, Entry[]][]) {
          const topic = topics.get(ids[keys.indexOf(key)]!);
          if (topic) deliver(topic, entries);
        }
      } catch (error) {
        if (closed) break;
        connection.log.debug({ err: error }, 'could not read events');
        await new Promise((resolve) => setTimeout(resolve, BLOCK_MS));
      }
    }
    reading = false;
  };

  const begin = async (runId: string, topic: Topic): Promise<void> => {
    const [last] = await open().xrevrange(redisKeys.events(runId), '+', '-', 'COUNT', 1);
    topic.lastId = last?.[0] ?? '0-0';
  };

  return {
    async position(runId) {
      let topic = topics.get(runId);
      if (!topic) {
        topic = { lastId: '0-0', users: 0, seats: new Set(), begun: Promise.resolve() };
        topics.set(runId, topic);
        topic.begun = begin(runId, topic);
      }
      topic.users++;
      await topic.begun;
      void read();
      return topic.lastId;
    },
    hasCaughtUp: (runId, lastId) => !isAfter(topics.get(runId)!.lastId, lastId),
    sit: (runId, lastId) => takeSeat(topics.get(runId)!, lastId),
    release(runId) {
      const topic = topics.get(runId);
      if (topic && --topic.users === 0) topics.delete(runId);
    },
    async close() {
      closed = true;
      topics.clear();
      if (redis) await disconnect(redis);
    },
  };
}

function deliver(topic: Topic, entries: Entry[]): void {
  for (const entry of entries) {
    if (!isAfter(entry[0], topic.lastId)) continue;
    topic.lastId = entry[0];
    if (!topic.seats.size) continue;
    const event = Object.freeze(readEntry(entry));
    for (const give of [...topic.seats]) give(event);
  }
}

function takeSeat(topic: Topic, lastId: string): Seat {
  let queue: StoredEvent[] = [];
  let lagging = false;
  let wake = (): void => {};
  const give = (event: StoredEvent): void => {
    if (!isAfter(event.id, lastId)) return;
    if (queue.length >= QUEUE_LIMIT) {
      lagging = true;
      queue = [];
      topic.seats.delete(give);
    } else queue.push(event);
    wake();
  };
  topic.seats.add(give);
  return {
    async take(waitMs, signal) {
      if (!queue.length && !lagging && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, waitMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
          signal.addEventListener('abort', wake, { once: true });
        }).finally(() => signal.removeEventListener('abort', wake));
      }
      if (lagging) return null;
      const taken = queue;
      queue = [];
      return taken;
    },
    leave: () => void topic.seats.delete(give),
  };
}

/** Whether this event is a run's last. */
export function isLast(event: RunEvent): boolean {
  return event.type === 'state' && ['finished', 'cancelled', 'error'].includes(event.state);
}
