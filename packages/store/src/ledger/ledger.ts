import { MarteauError } from '@marteau/shared';
import type { DeskHold, ShareHold } from '../api/holds.ts';
import type { AttemptRecord, Begun, Holder, Ledger, LineEntry } from '../api/ledger.ts';
import type { Context } from '../context.ts';
import type { ShareJob } from '../jobs/jobs.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import { allot } from './allot.ts';
import { waitAtBarrier } from './barrier.ts';
import { labelsInWords, labelsKey } from './labels.ts';
import { readLine, readPlaces } from './places.ts';
import { outlast, surround, waitForSurroundings } from './surroundings.ts';

/** Bytes of `work` that Redis keeps of a waiting or running run. */
const WORK_LIMIT = 256 * 1024;

export function createLedger(context: Context): Ledger {
  const { script, redis, rules } = context;

  const beginDesk = async (
    stage: DeskHold['stage'],
    job: { runId: string; try: number },
    by: Holder,
  ): Promise<Begun<DeskHold>> => {
    const hold: DeskHold = { stage, runId: job.runId, try: job.try, node: by.node, boot: by.boot };
    const answer = await script('begin-desk', hold);
    return answer === 'held' ? { hold } : { hold: null, answer };
  };

  /** A slot, a target or a desk became free: whoever waits for it gets it now, not with the next round. */
  const thenAllot = <T>(answer: T): T => {
    context.background(allot(context), {}, 'a worker will allot the free nodes');
    return answer;
  };

  const leaveShare = async (
    hold: ShareHold,
    how: 'done' | 'late' | 'lost' | 'failed' | 'acknowledged',
    why: string,
    failure: { reason?: string; reasonCode?: string } = {},
  ): Promise<boolean> => thenAllot((await script('leave-share', { hold, how, why, ...failure })) === 1);

  const leaveDesk = async (hold: DeskHold): Promise<boolean> =>
    thenAllot((await script('leave-desk', { hold })) === 1);

  return {
    rules,
    beginPrepare: (job, by) => beginDesk('prepare', job, by),
    beginPreflight: (job, by) => beginDesk('preflight', job, by),
    beginFinalize: (job, by) => beginDesk('finalize', job, by),

    async enterLine(hold, entry) {
      const [answer, registered] = await script('enter-line', { hold, ...lineArguments(entry) });
      if (answer !== 'refused') return thenAllot(answer);
      const labels = labelsInWords(labelsKey(entry.labels));
      const error = new MarteauError('too-few-nodes', {
        wanted: entry.demand,
        have: registered ?? 0,
        labels,
        app: entry.appNode ?? false,
      });
      const ended = await script('end', { hold, ...failed(error.message, error.code) });
      return ended ? 'refused' : 'lost';
    },

    async passTrial(hold) {
      return thenAllot(await script('pass-trial', { hold }));
    },

    async beginShare(job, by) {
      const hold = shareHold(job, by);
      const answer = await script('check-share', { hold });
      if (answer === 'go' || answer === 'stop') return { hold };
      if (answer !== 'lost') await leaveShare(hold, 'acknowledged', 'stopped before it began');
      return { hold: null, answer: 'stale' };
    },
    ready: (hold, signal) => waitAtBarrier(context, hold, signal),
    surround: (hold, around) => surround(context, hold, around),
    surroundings: (hold, signal) => waitForSurroundings(context, hold, signal),
    outlast: (hold, signal) => outlast(context, hold, signal),
    done: (hold) => leaveShare(hold, 'done', ''),
    giveBack: (hold, why) => (hold.stage === 'share' ? leaveShare(hold, 'late', why) : leaveDesk(hold)),
    abandon: (hold, why) => leaveShare(hold, 'lost', why),
    fail: (hold, { reason, reasonCode }) =>
      leaveShare(hold, 'failed', '', { reason, reasonCode: reasonCode ?? '' }),
    async acknowledge(hold) {
      if (hold.stage === 'share') await leaveShare(hold, 'acknowledged', 'stopped');
      else await leaveDesk(hold);
    },

    async attempt(runId) {
      const fields = ['attempt', 'slots', 'startAt', 'stopped', 'lost', 'appNode'] as const;
      const values = await onRedis(() => redis.hmget(redisKeys.run(runId), ...fields));
      return values[0] ? attemptRecord(values) : null;
    },
    places: (runIds) => readPlaces(context, runIds),
    line: (limit) => readLine(context, limit),
    pause: () => onRedis(async () => void (await redis.set(redisKeys.paused(), '1'))),
    async resume() {
      await onRedis(() => redis.del(redisKeys.paused()));
      thenAllot(undefined);
    },
    paused: () => onRedis(async () => (await redis.exists(redisKeys.paused())) === 1),
  };
}

/** An end in error, as the scripts take it. */
function failed(reason: string, reasonCode: string) {
  return { state: 'error', verdict: '', reason, reasonCode, summary: '', hasReport: false } as const;
}

function shareHold({ runId, attempt, share, of }: ShareJob, { node, boot }: Holder): ShareHold {
  return { stage: 'share', runId, attempt, share, of, node, boot };
}

function lineArguments(entry: LineEntry) {
  const work = JSON.stringify(entry.work ?? null);
  if (Buffer.byteLength(work) > WORK_LIMIT)
    throw new RangeError(`the work of a run has ${work.length} characters; ${WORK_LIMIT} bytes are kept`);
  return {
    demand: entry.demand,
    labels: labelsKey(entry.labels),
    appNode: entry.appNode ?? false,
    targets: [...new Set(entry.targets)].join(' '),
    shared: entry.shared,
    recipients: [...new Set(entry.recipients)],
    trial: entry.trial ?? false,
    facts: JSON.stringify(entry.facts),
    work,
  };
}

function attemptRecord([attempt, slots, startAt, stopped, lost, app]: (string | null)[]): AttemptRecord {
  const nodes: string[] = JSON.parse(slots || '[]');
  return {
    attempt: Number(attempt),
    nodes,
    appShare: app === '1' ? nodes.length - 1 : null,
    startedAt: startAt ? new Date(Number(startAt)).toISOString() : null,
    stopped: stopped === '1',
    lost: JSON.parse(lost || '[]'),
  };
}
