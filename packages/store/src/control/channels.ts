import type { Redis } from 'ioredis';
import { type ConnectionOptions, connect, disconnect, patient } from '../redis/connections.ts';
import { redisKeys } from '../redis/keys.ts';

type Listener = (message: string) => void;

/** Redis's pub/sub, one connection per process, opened when first needed. A message may be missed: poll beside it. */
export interface Channels {
  /** Hears that a run's holders should look at it. @returns what ends the hearing */
  onControl(runId: string, listener: () => void): () => void;
  /**
   * Hears `RUN STATE` for every change of any run.
   * @param onHearing told whether it hears, each time that this changes: what happened before is not told
   * @returns what ends the hearing
   */
  onChange(listener: Listener, onHearing?: (isHearing: boolean) => void): () => void;
  close(): Promise<void>;
}

export function createChannels(connection: ConnectionOptions): Channels {
  const control = redisKeys.control();
  const changes = redisKeys.changes();
  const runs = new Map<string, Set<Listener>>();
  const everyChange = new Set<Listener>();
  const hearings = new Set<(isHearing: boolean) => void>();
  let hears = false;
  let redis: Redis | undefined;
  let closed = false;

  const subscribe = (): void => {
    if (redis || closed) return;
    redis = connect(connection, 'channels', patient);
    const hear = (isHearing: boolean): void => {
      hears = isHearing;
      for (const listener of hearings) listener(isHearing);
    };
    // Only fails when closed; what was subscribed to is so again by itself, and this waits for it.
    const subscribed = (): void =>
      void redis?.subscribe(control, changes).then(
        () => hear(true),
        () => {},
      );
    subscribed();
    redis.on('ready', subscribed);
    redis.on('close', () => hear(false));
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
    onChange(listener, onHearing) {
      subscribe();
      everyChange.add(listener);
      if (onHearing) {
        hearings.add(onHearing);
        onHearing(hears);
      }
      return () => {
        everyChange.delete(listener);
        if (onHearing) hearings.delete(onHearing);
      };
    },
    async close() {
      closed = true;
      if (redis) await disconnect(redis);
    },
  };
}
