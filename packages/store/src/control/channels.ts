import type { Redis } from 'ioredis';
import { type ConnectionOptions, connect, disconnect, patient } from '../redis/connections.ts';
import { redisKeys } from '../redis/keys.ts';

type Listener = (message: string) => void;

/** Redis's pub/sub, one connection per process, opened when first needed. A message may be missed: poll beside it. */
export interface Channels {
  /** Hears that a run's holders should look at it. @returns what ends the hearing */
  onControl(runId: string, listener: () => void): () => void;
  /** Hears `RUN STATE` for every change of any run. @returns what ends the hearing */
  onChange(listener: Listener): () => void;
  close(): Promise<void>;
}

export function createChannels(connection: ConnectionOptions): Channels {
  const control = redisKeys.control();
  const changes = redisKeys.changes();
  const runs = new Map<string, Set<Listener>>();
  const everyChange = new Set<Listener>();
  let redis: Redis | undefined;
  let closed = false;

  const subscribe = (): void => {
    if (redis || closed) return;
    redis = connect(connection, 'channels', patient);
    redis.subscribe(control, changes).catch(() => {}); // only fails when closed; resubscribes by itself
    redis.on('message', (channel: string, message: string) => {
      const listeners = channel === changes ? everyChange : runs.get(message);
      for (const listener of [...(listeners ?? [])]) listener(message);
    });
  };

  return {
    onControl(runId, listener) {
      subscribe();
      const hear: Listener = () => listener();
      const listeners = runs.get(runId) ?? new Set();
      runs.set(runId, listeners.add(hear));
      return () => {
        listeners.delete(hear);
        if (!listeners.size && runs.get(runId) === listeners) runs.delete(runId);
      };
    },
    onChange(listener) {
      subscribe();
      everyChange.add(listener);
      return () => everyChange.delete(listener);
    },
    async close() {
      closed = true;
      if (redis) await disconnect(redis);
    },
  };
}
