import { type Confirmation, isMarteauError, readConfirmation } from '@marteau/shared';
import type { Context } from '../context.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/**
 * Changes that repeats of both commits are to confirm. The record lies in the folder of the later run
 * (confirmation.json); who queues the repeats is a worker.
 */
export interface Confirmations {
  /**
   * Has the change of a run confirmed. One that is being confirmed, or is decided, stays as it is; one that broke off
   * or was never decided begins anew, and so does one whose record is damaged.
   * @param baseline id of the run that it is compared with
   * @throws 'store-unavailable'
   */
  begin(run: string, baseline: string): Promise<Confirmation>;
  /** Has the head of a pull request compared with a commit, once its run has ended. Safe to repeat. */
  beginCheck(run: string, check: Required<Pick<Confirmation, 'base' | 'until'>>): Promise<Confirmation>;
  /** Null when nobody asked for it. @throws 'newer-data', 'record-damaged' */
  of(run: string): Promise<Confirmation | null>;
  /** Those that are not decided. One whose record cannot be read goes on no longer; the page of its run says why. */
  open(): Promise<Confirmation[]>;
  /**
   * Writes it down; one that is decided is open no longer.
   * @returns false for one that goes on but is open no longer: somebody ended it, nothing was written
   */
  keep(confirmation: Confirmation): Promise<boolean>;
}

const FILE_NAME = 'confirmation.json';

/** Decided for good: asking again would only be another try at chance. */
const isDecided = ({ decision }: Confirmation): boolean => ['worse', 'better', 'same'].includes(decision);

/** @param tellAgain has a run's forge told anew */
export function createConfirmations(
  { redis, folders, clock, log }: Context,
  tellAgain: (run: string) => Promise<unknown>,
): Confirmations {
  const key = redisKeys.confirming();
  const confirmations: Confirmations = {
    async begin(run, baseline) {
      const known = await confirmations.of(run).catch((error: unknown) => {
        if (isMarteauError(error, 'record-damaged')) return null;
        throw error;
      });
      if (known && isDecided(known)) return known;
      const isOpen = (await onRedis(() => redis.sismember(key, run))) === 1;
      if (known && (isOpen || known.decision === 'undecided')) {
        await onRedis(() => redis.sadd(key, run)); // an emptied Redis forgot it
        return known;
      }
      const begun = begunAt(run, baseline, new Date(clock.now()).toISOString());
      await folders.of(run).put(FILE_NAME, JSON.stringify(begun));
      await onRedis(() => redis.sadd(key, run));
      return begun;
    },
    async beginCheck(run, check) {
      const known = await confirmations.of(run);
      const begun = known ?? { ...begunAt(run, run, new Date(clock.now()).toISOString()), ...check };
      if (known === null) await folders.of(run).put(FILE_NAME, JSON.stringify(begun));
      if (begun.endedAt === null) await onRedis(() => redis.sadd(key, run));
      return begun;
    },
    async of(run) {
      const text = await folders.of(run).text(FILE_NAME);
      return text === null ? null : readConfirmation(text, run);
    },
    async open() {
      const found: Confirmation[] = [];
      for (const run of await onRedis(() => redis.smembers(key))) {
        try {
          const confirmation = await confirmations.of(run);
          if (confirmation !== null) found.push(confirmation);
        } catch (error) {
          if (!isMarteauError(error, 'record-damaged')) throw error;
          log.warn({ run }, error.message);
          await onRedis(() => redis.srem(key, run));
        }
      }
      return found;
    },
    async keep(confirmation) {
      const { run, decision } = confirmation;
      const goesOn = decision === 'undecided';
      if (goesOn && (await onRedis(() => redis.sismember(key, run))) === 0) return false;
      await folders.of(run).put(FILE_NAME, JSON.stringify(confirmation));
      if (goesOn) return true;
      // Its status and its comment said that it is on its way.
      if (confirmation.base !== undefined) await tellAgain(run);
      await onRedis(() => redis.srem(key, run));
      return true;
    },
  };
  return confirmations;
}

function begunAt(run: string, baseline: string, startedAt: string): Confirmation {
  return {
    v: 1,
    run,
    baseline,
    decision: 'undecided',
    sentence: 'Not decided yet: the first pair of runs is on its way.',
    pairs: 0,
    change: null,
    low: null,
    high: null,
    repeats: [],
    startedAt,
    endedAt: null,
  };
}
