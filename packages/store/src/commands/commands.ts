import { type ChaosCommand, type LoadChange, MarteauError } from '@marteau/shared';
import type { Context } from '../context.ts';
import type { ShareLease } from '../ledger/leases.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/** What people ask of a run while its load goes on: of its proxies, or of the load itself. */
export type RunCommand = ChaosCommand | { do: 'load'; change: LoadChange };

/** What people ask of a run: from the web, through Redis, to who holds it. */
export interface Commands {
  /** @throws 'not-found', 'wrong-state' unless the run is under load, 'store-unavailable' */
  send(runId: string, command: ChaosCommand): Promise<void>;
  /**
   * Has all nodes change the load at the same second, some seconds from now. From then on the run is none that others
   * are compared with.
   * @returns when it takes effect, ms since 1970 by Redis's clock
   * @throws 'not-found', 'wrong-state' unless the run is under load, 'store-unavailable'
   */
  changeLoad(runId: string, change: Omit<LoadChange, 'second'>): Promise<number>;
  /**
   * Hears each command for this attempt once, in order, those too that came before. A message may be missed, so it looks
   * by itself, too.
   * @param listener is told of each, with its number among the run's
   * @returns what ends the hearing
   */
  listen(lease: ShareLease, listener: (command: RunCommand, number: number) => void): () => void;
}

const LOOK_MS = 1000;
/** Longer than any run: who listens counts them, so that a list that begins anew would not be heard. */
const KEPT_S = 30 * 86_400;
const MOST = 1000;

/** A command for the attempt that was under load when it was given. */
interface Given {
  attempt: number;
  command: RunCommand;
}

/** Until then every node has heard of it, ms. */
const HEARD_MS = 3000;

export function createCommands(context: Context): Commands {
  const { redis, channels, closed, log, script } = context;
  const give = async (runId: string, given: Given): Promise<void> => {
    const key = redisKeys.commands(runId);
    await redis
      .multi()
      .rpush(key, JSON.stringify(given))
      .ltrim(key, 0, MOST - 1)
      .expire(key, KEPT_S)
      .publish(redisKeys.control(), runId)
      .exec();
  };
  return {
    async send(runId, command) {
      await onRedis(async () => {
        const fields = ['state', 'attempt', 'startAt', 'ending'] as const;
        const [state, attempt, startAt, ending] = await redis.hmget(redisKeys.run(runId), ...fields);
        const run = state ? { state } : await context.read.one(runId);
        if (!run) throw new MarteauError('not-found', { what: `run ${runId.slice(0, 40)}` });
        const action = command.do === 'heal' ? 'healed' : 'broken';
        if (state !== 'running' || ending)
          throw new MarteauError('wrong-state', { action, state: run.state });
        if (!startAt) throw new MarteauError('wrong-state', { action, state: 'not under load yet' });
        await give(runId, { attempt: Number(attempt), command });
      });
    },

    async changeLoad(runId, change) {
      const answer = await script('change', { id: runId });
      if (answer.length === 1) {
        const state = answer[0] || (await context.read.one(runId))?.state;
        if (!state) throw new MarteauError('not-found', { what: `run ${runId.slice(0, 40)}` });
        throw new MarteauError('wrong-state', { action: 'given another load', state });
      }
      const [, attempt, startAt, now] = answer;
      const second = Math.max(1, Math.ceil((now + HEARD_MS - startAt) / 1000));
      await onRedis(() => give(runId, { attempt, command: { do: 'load', change: { second, ...change } } }));
      return startAt + second * 1000;
    },

    listen({ runId, attempt }, listener) {
      let heard = 0;
      let looking: Promise<void> = Promise.resolve();
      let isOver = false;
      const look = async (): Promise<void> => {
        if (isOver) return;
        const entries = await onRedis(() => redis.lrange(redisKeys.commands(runId), heard, -1));
        const first = heard;
        heard += entries.length;
        for (const [i, entry] of entries.entries()) {
          const given = JSON.parse(entry) as Given;
          if (given.attempt === attempt && !isOver) listener(given.command, first + i);
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
