import type { Redis } from 'ioredis';
import { type ConnectionOptions, connect, disconnect, patient } from '../redis/connections.ts';
import { redisKeys } from '../redis/keys.ts';
import { type Entry, readPage } from './stream.ts';
import { createTopic, type Topic } from './topic.ts';

/** How long one read waits for news; a run that is looked at anew joins with the next read. */
const BLOCK_MS = 200;
const READ_AT_ONCE = 500;

/**
 * The events of all runs that someone looks at. Whatever the number of viewers, a process has one reader for what
 * comes, and reads each page of what was once.
 */
export interface Hub {
  /** Joins the viewers of a run. Every `enter` needs a `leave`. */
  enter(runId: string): Promise<Topic>;
  leave(runId: string): void;
  close(): Promise<void>;
}

interface Watched {
  viewers: number;
  topic: Promise<Topic>;
}

/** @param commands the connection that pages of what was are read by */
export function createHub(connection: ConnectionOptions, commands: Redis): Hub {
  const watched = new Map<string, Watched>();
  const topics = new Map<string, Topic>();
  let redis: Redis | undefined;
  let reading = false;
  let closed = false;

  const open = (): Redis => {
    redis ??= connect(connection, 'events', patient);
    return redis;
  };

  const readOn = async (): Promise<void> => {
    const keys = [...topics.keys()].map(redisKeys.events);
    const current = [...topics.values()];
    const from = current.map((topic) => topic.lastId);
    const answer = await open().xread('COUNT', READ_AT_ONCE, 'BLOCK', BLOCK_MS, 'STREAMS', ...keys, ...from);
    for (const [key, entries] of (answer ?? []) as [string, Entry[]][])
      current[keys.indexOf(key)]?.add(entries);
  };
  const read = async (): Promise<void> => {
    if (reading) return;
    reading = true;
    while (topics.size && !closed) {
      try {
        await readOn();
      } catch (error) {
        if (closed) break;
        connection.log.debug({ err: error }, 'could not read events');
        await new Promise((resolve) => setTimeout(resolve, BLOCK_MS));
      }
    }
    reading = false;
  };

  const begin = async (runId: string): Promise<Topic> => {
    const [last] = await commands.xrevrange(redisKeys.events(runId), '+', '-', 'COUNT', 1);
    const topic = createTopic(last?.[0] ?? '0-0', (afterId) => readPage(commands, runId, afterId));
    if (watched.has(runId) && !closed) topics.set(runId, topic);
    void read();
    return topic;
  };

  const leave: Hub['leave'] = (runId) => {
    const watch = watched.get(runId);
    if (!watch || --watch.viewers > 0) return;
    watched.delete(runId);
    topics.delete(runId);
  };

  return {
    async enter(runId) {
      const watch = watched.get(runId) ?? { viewers: 0, topic: begin(runId) };
      if (!watch.viewers++) watched.set(runId, watch);
      try {
        return await watch.topic;
      } catch (error) {
        leave(runId);
        throw error;
      }
    },
    leave,
    async close() {
      closed = true;
      topics.clear();
      if (redis) await disconnect(redis);
    },
  };
}
