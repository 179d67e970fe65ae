import { type ChaosCommand, MarteauError } from '@marteau/shared';
import type { Context } from '../context.ts';
import type { ShareLease } from '../ledger/leases.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/** What people ask of the proxies of a run while its load goes on: from the web, through Redis, to who holds it. */
export interface Commands {
  /** @throws 'not-found', 'wrong-state' unless the run is under load, 'store-unavailable' */
  send(runId: string, command: ChaosCommand): Promise<void>;
  /**
   * Hears each command for this attempt once, in order, those too that came before. A message may be missed, so it looks
   * by itself, too.
   * @returns what ends the hearing
   */
  listen(lease: ShareLease, listener: (command: ChaosCommand) => void): () => void;
}

const LOOK_MS = 1000;
/** Longer than anybody waits for one; the list goes with it. */
const KEPT_S = 3600;
const MOST = 1000;

/** A command for the attempt that was under load when it was given. */
interface Given {
  attempt: number;
  command: ChaosCommand;
}

export function createCommands(context: Context): Commands {
  const { redis, channels, closed, log } = context;
  return {
    async send(runId, command) {
      const key = redisKeys.commands(runId);
      await onRedis(async () => {
        const fields = ['state', 'attempt', 'startAt', 'ending'] as const;
        const [state, attempt, startAt, ending] = await redis.hmget(redisKeys.run(runId), ...fields);
        const run = state ? { state } : await context.read.one(runId);
        if (!run) throw new MarteauError('not-found', { what: `run ${runId.slice(0, 40)}` });
        const action = command.do === 'heal' ? 'healed' : 'broken';
        if (state !== 'running' || ending)
          throw new MarteauError('wrong-state', { action, state: run.state });
        if (!startAt) throw new MarteauError('wrong-state', { action, state: 'not under load yet' });
        const given: Given = { attempt: Number(attempt), command };
        await redis
          .multi()
          .rpush(key, JSON.stringify(given))
          .ltrim(key, 0, MOST - 1)
          .expire(key, KEPT_S)
          .publish(redisKeys.control(), runId)
          .exec();
      });
    },

    listen({ runId, attempt }, listener) {
      let heard = 0;
      let looking: Promise<void> = Promise.resolve();
      let isOver = false;
      const look = async (): Promise<void> => {
        if (isOver) return;
        const entries = await onRedis(() => redis.lrange(redisKeys.commands(runId), heard, -1));
        heard += entries.length;
        for (const entry of entries) {
          const given = JSON.parse(entry) as Given;
          if (given.attempt === attempt && !isOver) listener(given.command);
        }
      };
      const soon = (): void => {
        looking = looking
          .then(look)
          .catch((err) => log.debug({ run: runId, err }, 'could not look for commands'));
      };
      const timer = setInterval(soon, LOOK_MS).unref();
      const unlisten = channels.onControl(runId, soon);
      const end = (): void => {
        isOver = true;
        clearInterval(timer);
        unlisten();
        closed.removeEventListener('abort', end);
      };
      closed.addEventListener('abort', end, { once: true });
      soon();
      return end;
    },
  };
}
