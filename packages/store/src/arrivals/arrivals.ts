import { isMarteauError, MarteauError } from '@marteau/shared';
import type { Context } from '../context.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import { within } from '../redis/within.ts';
import { type Arrival, freshArrivalId } from './arrival.ts';
import { createLull } from './lull.ts';
import { createSpool } from './spool.ts';

/**
 * Calls of hooks: each taken once, however often it comes, and none lost that was accepted.
 *
 *     accept ─▶ spool, on the disk ─▶ (202) ─▶ Redis, as soon as it is there ─▶ job ─▶ settle
 */
export interface Arrivals {
  /** Resolves once it is on the disk; a job then does what it is about, also where Redis is away now. @throws 'disk-full' */
  accept(arrival: Arrival): Promise<void>;
  /** Keeps one for which nothing is to be done, for the page. */
  note(arrival: Arrival): Promise<void>;
  /** Whether it came already; false where Redis cannot be asked. */
  isKnown(id: string): Promise<boolean>;
  get(project: string, id: string): Promise<Arrival | null>;
  /** Those that wait, and the last fifty of the others; the newest first. */
  list(project: string): Promise<Arrival[]>;
  /** What became of it. */
  settle(arrival: Arrival): Promise<void>;
  /** Does the same again. @throws 'not-found', 'nothing-to-replay' */
  replay(project: string, id: string): Promise<Arrival>;
  /**
   * Does what was asked about, for the one head that it is of. @param by a name, for people
   * @throws 'not-found', 'nothing-to-approve'
   */
  approve(project: string, id: string, by: string): Promise<Arrival>;
  /** Resolves once no call came for a moment: before what takes this process's time. */
  lull(): Promise<void>;
  /** Hands on what is in the spool, and sees that what is owed gets its job. Repeat it: Redis may have been away. */
  handOn(): Promise<void>;
}

/** A forge delivers the same again for up to three days. */
const KNOWN_MS = 4 * 86_400_000;
const MOST = 50;
/** A forge waits ten seconds, and a burst waits in line. */
const PATIENCE_MS = 100;

/** @param folder of the spool, absolute */
export function createArrivals(context: Context, folder: string): Arrivals {
  const { redis, script, producers, clock, closed } = context;
  const spool = createSpool(folder);
  const lull = createLull();

  async function take(arrival: Arrival): Promise<void> {
    const { project, id, state } = arrival;
    const json = JSON.stringify(arrival);
    const waiting = state === 'waiting';
    const answer = await script('arrive', {
      project,
      id,
      arrival: json,
      waiting,
      keepMs: KNOWN_MS,
      most: MOST,
    });
    if (answer[0] === 'new') await producers.pay(answer[1]);
  }

  // One at a time; who asks meanwhile gets another round.
  let handing: Promise<void> | null = null;
  let isAskedAgain = false;
  async function handAll(): Promise<void> {
    try {
      while (isAskedAgain && !closed.aborted) {
        await lull.wait();
        isAskedAgain = false;
        await spool.drain((line) => take(JSON.parse(line)));
        await producers.payDue();
      }
    } finally {
      handing = null;
    }
  }
  function handOn(): Promise<void> {
    isAskedAgain = true;
    handing ??= handAll();
    return handing;
  }

  const find = async (project: string, id: string): Promise<Arrival | null> => {
    const json = await onRedis(() => redis.hget(redisKeys.arrivals(project), id));
    return json === null ? null : (JSON.parse(json) as Arrival);
  };

  const known = async (project: string, id: string): Promise<Arrival> => {
    const before = await find(project, id);
    if (before === null) throw new MarteauError('not-found', { what: `delivery ${id.slice(0, 40)}` });
    return before;
  };
  const anew = (before: Arrival): Arrival => ({
    ...before,
    id: freshArrivalId(),
    at: new Date(clock.now()).toISOString(),
    answer: 202,
    state: 'waiting',
    why: null,
    runs: [],
    tries: 0,
  });

  const arrivals: Arrivals = {
    lull: lull.wait,
    async accept(arrival) {
      lull.came();
      await spool.put(JSON.stringify(arrival));
      context.background(handOn(), { arrival: arrival.id }, 'the call of a hook waits in the spool');
    },
    async note(arrival) {
      await take(arrival).catch((error: unknown) => {
        if (!isMarteauError(error)) throw error;
      });
    },
    async isKnown(id) {
      if (redis.status !== 'ready') return false;
      const asked = onRedis(() => redis.exists(redisKeys.arrived(id)));
      return (await within(PATIENCE_MS, asked))
        ? asked.then(
            (count) => count === 1,
            () => false,
          )
        : false;
    },
    get: find,
    list: async (project) =>
      onRedis(async () => {
        const all = await redis.hgetall(redisKeys.arrivals(project));
        return Object.values(all)
          .map((json) => JSON.parse(json) as Arrival)
          .toSorted((a, b) => b.at.localeCompare(a.at));
      }),
    async settle(arrival) {
      const { project, id, state } = arrival;
      const json = JSON.stringify(arrival);
      await script('settle-arrival', {
        project,
        id,
        arrival: json,
        waiting: state === 'waiting',
        most: MOST,
      });
    },
    async replay(project, id) {
      const before = await known(project, id);
      if (before.events.length === 0) throw new MarteauError('nothing-to-replay', {});
      const { approvedBy: _, ...asItCame } = before;
      const again = anew({ ...asItCame, replayOf: before.replayOf ?? id });
      await take(again);
      return again;
    },
    async approve(project, id, by) {
      const before = await known(project, id);
      if (before.state !== 'asked') throw new MarteauError('nothing-to-approve', {});
      const { replayOf: _, ...asItCame } = before;
      const approved = anew({ ...asItCame, approvedBy: by });
      await take(approved);
      await arrivals.settle({ ...before, state: 'done', why: `Approved by ${by}.` });
      return approved;
    },
    handOn,
  };
  return arrivals;
}
