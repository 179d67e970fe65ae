import type { Context } from '../context.ts';
import type { FinalizeJob, PreflightJob, PrepareJob, ShareJob } from '../jobs/jobs.ts';
import { redisKeys } from '../redis/keys.ts';
import type { ScriptMap } from '../redis/script-map.ts';
import { onRedis } from '../redis/store-error.ts';
import { allotSoon } from './allot.ts';
import { type AttemptRecord, readAttempt } from './attempt.ts';
import { type Start, waitAtBarrier } from './barrier.ts';
import { type EnterResult, enterLine, type LineEntry } from './enter-line.ts';
import type { Begun, Holder, JobLease, Lease, ShareLease } from './leases.ts';
import { type Place, readLine, readPlaces } from './places.ts';
import type { LedgerRules } from './rules.ts';
import { type NodeSet, readScale } from './scale.ts';
import { outlast, surround, waitForSurroundings } from './surroundings.ts';

/** Allots nodes to runs, all at once or none, and sees every run to its end. */
export interface Ledger {
  readonly rules: LedgerRules;
  /** Takes a prepare job: queued → preparing. */
  beginPrepare(job: PrepareJob, by: Holder): Promise<Begun<JobLease>>;
  /** preparing → waiting, in the line at the place it got when it was submitted. */
  enterLine(lease: JobLease, entry: LineEntry): Promise<EnterResult>;
  /** Takes a preflight job: the script is tried before the run gets into the line. `later` without the labels it asks for. */
  beginPreflight(job: PreflightJob, by: Holder): Promise<Begun<JobLease>>;
  /** preparing → waiting, once that went well. `refused` never. */
  passPreflight(lease: JobLease): Promise<EnterResult>;
  /** Takes a share job of this node. */
  beginShare(job: ShareJob, by: Holder): Promise<Begun<ShareLease>>;
  /**
   * The barrier: says that this share is ready, and waits until all are. The last one sets the start time (lead =
   * twice the longest measured round trip plus a margin; none for a single share).
   */
  ready(lease: ShareLease, signal: AbortSignal): Promise<Start>;
  /**
   * Tells the other shares of this attempt what this one has started for all of them, and where.
   * @param around JSON, at most 1 MB. False when the lease is lost.
   */
  surround(lease: ShareLease, around: unknown): Promise<boolean>;
  /** Waits for what another share of this attempt started for all; null once the signal aborts. */
  surroundings(lease: ShareLease, signal: AbortSignal): Promise<unknown>;
  /** Resolves once all other shares of this attempt have ended, or the signal aborts: until then stands what they need. */
  outlast(lease: ShareLease, signal: AbortSignal): Promise<void>;
  /** The share's measurements are in the folder. False when the lease is lost. The last one sends the run to finalize. */
  done(lease: ShareLease): Promise<boolean>;
  /**
   * Hands a lease back unharmed: a share that has not begun its load (late, draining) gives the attempt back and the
   * run keeps its place (a lease after the common start it is too late for that: it counts as lost); prepare goes back
   * to queued, finalize to its queue, and neither counts as a death. False when the lease is lost.
   */
  giveBack(lease: Lease, why: string): Promise<boolean>;
  /**
   * A share that has begun its load cannot go on (its process was killed, this worker must stop): counts as a lost
   * node, and what the other shares measured is kept. False when the lease is lost.
   * @param wasStopped somebody asked this worker to end
   */
  abandon(lease: ShareLease, why: string, wasStopped?: boolean): Promise<boolean>;
  /** The share cannot be done (npm found no package, the script threw): the run ends in error when all acknowledged. */
  fail(lease: ShareLease, reason: { reason: string; reasonCode: string | null }): Promise<boolean>;
  /** All is stopped after `cancelled` or `aborted`. Flush events first: with the last one the run may end. */
  acknowledge(lease: Lease): Promise<void>;
  /** Takes a finalize job of a run that is reporting. */
  beginFinalize(job: FinalizeJob, by: Holder): Promise<Begun<JobLease>>;
  /** Who ran what, for the finalizer. */
  attempt(runId: string): Promise<AttemptRecord | null>;
  /** Why runs wait that have not started; runs that are not in the queue are left out. */
  places(runIds: readonly string[]): Promise<Map<string, Place>>;
  /** The first runs of the queue, in order. */
  line(limit: number): Promise<Place[]>;
  /** Which nodes there should be: for whoever starts and ends them. */
  scale(): Promise<NodeSet[]>;
  /** Holds the queue: nothing new starts. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  paused(): Promise<boolean>;
}

type Stage = JobLease['stage'];
type How = ScriptMap['leave-share']['args']['how'];

export function createLedger(context: Context): Ledger {
  const { script, redis, rules } = context;

  const beginJob = async (
    stage: Stage,
    job: PrepareJob,
    { node, boot }: Holder,
  ): Promise<Begun<JobLease>> => {
    const lease: JobLease = { stage, ...job, node, boot };
    const answer = await script('begin-job', { lease });
    return answer === 'begun' ? { lease } : { lease: null, answer };
  };

  const thenAllot = <T>(answer: T): T => {
    allotSoon(context);
    return answer;
  };

  const leaveShare = async (
    lease: ShareLease,
    how: How,
    why: string,
    failure: { reason?: string; reasonCode?: string } = {},
  ): Promise<boolean> => thenAllot((await script('leave-share', { lease, how, why, ...failure })) === 1);

  const leave = async (lease: Lease, how: How, why: string): Promise<boolean> =>
    lease.stage === 'share'
      ? leaveShare(lease, how, why)
      : thenAllot((await script('leave-job', { lease })) === 1);

  return {
    rules,
    beginPrepare: (job, by) => beginJob('prepare', job, by),
    beginPreflight: (job, by) => beginJob('preflight', job, by),
    beginFinalize: (job, by) => beginJob('finalize', job, by),

    async enterLine(lease, entry) {
      return thenAllot(await enterLine(context, lease, entry));
    },
    async passPreflight(lease) {
      return thenAllot(await script('pass-preflight', { lease }));
    },

    async beginShare(job, { node, boot }) {
      const lease: ShareLease = { stage: 'share', ...job, node, boot };
      const answer = await script('check-share', { lease });
      if (answer === 'go' || answer === 'stop') return { lease };
      if (answer !== 'lost') await leaveShare(lease, 'acknowledged', 'stopped before it began');
      return { lease: null, answer: 'stale' };
    },
    ready: (lease, signal) => waitAtBarrier(context, lease, signal),
    surround: (lease, around) => surround(context, lease, around),
    surroundings: (lease, signal) => waitForSurroundings(context, lease, signal),
    outlast: (lease, signal) => outlast(context, lease, signal),
    done: (lease) => leaveShare(lease, 'done', ''),
    giveBack: (lease, why) => leave(lease, 'late', why),
    abandon: (lease, why, wasStopped = false) => leaveShare(lease, wasStopped ? 'stopped' : 'lost', why),
    fail: (lease, { reason, reasonCode }) =>
      leaveShare(lease, 'failed', '', { reason, reasonCode: reasonCode ?? '' }),
    acknowledge: async (lease) => void (await leave(lease, 'acknowledged', 'stopped')),

    attempt: (runId) => readAttempt(context, runId),
    places: (runIds) => readPlaces(context, runIds),
    line: (limit) => readLine(context, limit),
    scale: () => readScale(context),
    pause: () => onRedis(async () => void (await redis.set(redisKeys.paused(), '1'))),
    async resume() {
      await onRedis(() => redis.del(redisKeys.paused()));
      allotSoon(context);
    },
    paused: () => onRedis(async () => (await redis.exists(redisKeys.paused())) === 1),
  };
}
