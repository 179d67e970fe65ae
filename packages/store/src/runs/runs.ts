import {
  MarteauError,
  type Phase,
  type Recipient,
  type Run,
  type RunState,
  type RunSummary,
  type Submitter,
  type Verdict,
} from '@marteau/shared';
import type { Context } from '../context.ts';
import { allotSoon } from '../ledger/allot.ts';
import type { JobLease, Lease } from '../ledger/leases.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import { type RunChange, runChanges } from './changes.ts';
import { closeRun, resummarise } from './close.ts';
import { countRuns, type IdPage, type ListQuery, listIds, listRuns, type RunPage } from './list.ts';
import { pinnedOf, pinnedRuns, pinRun } from './pin.ts';
import { adoptRun } from './remember.ts';
import { type Submission, submitRun } from './submit.ts';
import { writeTrace } from './trace.ts';

/** How a run ends that got as far as a verdict, or that ends in error. */
export interface Outcome {
  state: 'finished' | 'error';
  verdict: Verdict | null;
  /** One sentence; null for a pass. */
  reason: string | null;
  reasonCode: string | null;
  summary: RunSummary | null;
  /** Whether report.html is in the run's folder. */
  hasReport: boolean;
  /** Everyone who is told of it, where that was learned and the run had not come to the line. */
  recipients?: readonly Recipient[];
}

export interface Runs {
  /**
   * Puts a run into the queue: absent or whole, whatever dies.
   * @throws 'store-unavailable' and 'store-full' within 2.5 s, 'idempotency-conflict', 'too-few-nodes' when the
   * overrides ask for more nodes than are registered
   */
  submit(submission: Submission): Promise<Run>;
  /** The record, also of a run that ended long ago; null when there is none. */
  get(id: string): Promise<Run | null>;
  /** In the order of these ids; unknown ones are left out. */
  several(ids: readonly string[]): Promise<Run[]>;
  /** Newest first. The cost of a page does not grow with the number of runs. */
  list(query: ListQuery): Promise<RunPage>;
  /** The same, without a look at the runs themselves. */
  ids(query: ListQuery): Promise<IdPage>;
  /** How many runs are in each state. */
  counts(): Promise<Record<RunState, number>>;
  /** Every change of state of any run, from now on; one subscription per process. Ends with the signal. */
  changes(signal: AbortSignal): AsyncIterable<RunChange>;
  /**
   * Cancels. A run that nobody works on is cancelled at once, else it is `cancelling` until all acknowledged.
   * Cancelling twice is the same as once.
   * @param by who cancels: gets no mail about it where that is an address
   * @throws 'not-found', 'wrong-state'
   */
  cancel(id: string, by: Submitter): Promise<Run>;
  /** Ends the load now and judges what was recorded. @throws 'not-found', 'wrong-state' before the load started */
  stopAndReport(id: string): Promise<Run>;
  /** Submits the same request again. @throws as submit, and 'not-found' */
  rerun(
    id: string,
    by: { submitter: Submitter; by?: string | null; trigger?: string; idempotencyKey?: string },
  ): Promise<Run>;
  /** Gives an ended run other figures for lists, once its results tell more of it. */
  resummarise(id: string, summary: RunSummary): Promise<void>;
  /**
   * Takes an ended run whose folder is there, whoever put it there, into the index. @param replace makes its entry anew
   * where it has one; what is in the bin stays there @returns whether the index has changed @throws 'newer-data', 'record-damaged'
   */
  adopt(id: string, replace?: boolean): Promise<boolean>;
  /** Deletes an ended run with its folder, for good: see Store.bin. @throws 'not-found', 'wrong-state' */
  remove(id: string): Promise<void>;
  /** Keeps a run from retention, or no longer. @throws 'not-found' */
  pin(id: string, pinned: boolean): Promise<void>;
  /** Which of these runs are pinned. */
  pinned(ids: readonly string[]): Promise<Set<string>>;
  /** The pinned runs of a project, however old, the newest first; long parts of them may be cut. */
  pinnedIn(project: string): Promise<Run[]>;
  /**
   * Writes into the run's folder that it is on its way, so that it can be told as lost should Redis lose its data. To
   * be repeated when more is known of the run. @throws what its folder throws
   */
  trace(run: Run): Promise<void>;
  /** Says what the run does inside its state; goes to the event stream too. False when the lease is lost. */
  setPhase(lease: Lease, phase: Phase | null): Promise<boolean>;
  /**
   * Ends the run: one compare-and-set, its deliveries due in the same step. Flush events first:
   * nothing is appended to an ended run. Safe to repeat with the same lease.
   * @returns false when the lease is lost or the run was cancelled meanwhile: nothing changed, publish nothing
   */
  end(lease: JobLease, outcome: Outcome): Promise<boolean>;
  /** What `ledger.enterLine` was given as `work`; null when the run has none (any more). */
  work(id: string): Promise<unknown>;
}

export function createRuns(context: Context): Runs {
  const { script, read, folders } = context;

  const known = async (id: string): Promise<Run> => {
    const run = await read.one(id);
    if (!run) throw notFound(id);
    return run;
  };
  /** Now if it can be, else with the next round: the run has ended either way. */
  const closeSoon = (id: string): void =>
    context.background(closeRun(context, id), { run: id }, 'a worker will complete the folder of this run');

  return {
    submit: (submission) => submitRun(context, submission),
    get: (id) => read.one(id),
    several: (ids) => read.many(ids),
    list: (query) => listRuns(context, query),
    ids: (query) => listIds(context, query),
    counts: () => countRuns(context),
    changes: (signal) => runChanges(context.channels, signal),

    async cancel(id, by) {
      await known(id);
      const state = await script('cancel', {
        id,
        except: by.kind === 'email' ? by.id : '',
        reason: `Cancelled by ${nameOf(by)}.`,
      });
      if (state === '') throw notFound(id);
      if (state.startsWith('ended ')) throw wrongState('cancelled', state.slice('ended '.length));
      if (state === 'cancelled') closeSoon(id);
      allotSoon(context);
      return known(id);
    },

    async stopAndReport(id) {
      const answer = await script('stop', { id });
      if (answer === '') await known(id);
      if (answer === 'early') throw wrongState('stopped and reported', 'not under load yet');
      if (answer !== 'stopped') throw wrongState('stopped', answer || (await known(id)).state);
      return known(id);
    },

    async rerun(id, { submitter, by = null, trigger = 'rerun', idempotencyKey }) {
      const run = await known(id);
      const request = {
        repo: run.repo,
        ...(run.ref !== null && { ref: run.ref }),
        ...(run.email !== null && { email: run.email }),
        ...(run.profile !== null && { profile: run.profile }),
        ...(by !== null && { by }),
        overrides: run.overrides,
      };
      return submitRun(context, {
        request,
        project: run.project,
        submitter,
        kind: run.kind === 'once' ? 'once' : 'normal',
        trigger: run.kind === 'once' ? run.trigger : trigger,
        ...(run.cause && { cause: run.cause }),
        ...(run.loadOf !== undefined && { loadOf: run.loadOf }),
        ...(idempotencyKey !== undefined && { idempotencyKey }),
      });
    },

    adopt: (id, replace = false) => adoptRun(context, id, { replace }),
    resummarise: (id, summary) => resummarise(context, id, summary),

    async remove(id) {
      const project = await read.one(id).then(
        (run) => run?.project ?? null,
        () => null, // a record that cannot be read shall go, too
      );
      const [answer, state] = await script('remove', { id, project });
      if (answer === 0) throw notFound(id);
      if (answer === -1) throw wrongState('deleted', state);
      await folders.remove(id);
    },

    async pin(id, pinned) {
      await known(id);
      await pinRun(context, id, pinned);
    },
    pinned: (ids) => pinnedOf(context, ids),
    pinnedIn: (project) => pinnedRuns(context, project),
    trace: (run) => writeTrace(folders.of(run.id), run),
    setPhase: async (lease, phase) => (await script('phase', { lease, phase })) === 1,

    async end(lease, outcome) {
      const ended = await script('end', {
        lease,
        state: outcome.state,
        verdict: outcome.verdict ?? '',
        reason: outcome.reason ?? '',
        reasonCode: outcome.reasonCode ?? '',
        summary: outcome.summary ? JSON.stringify(outcome.summary) : '',
        hasReport: outcome.hasReport,
        ...(outcome.recipients && { recipients: outcome.recipients }),
      });
      if (ended) {
        closeSoon(lease.runId);
        allotSoon(context); // this worker is free for load now
      }
      return ended === 1;
    },
    work: (id) =>
      onRedis(async () => {
        const json = await context.redis.hget(redisKeys.run(id), 'work');
        return json ? JSON.parse(json) : null;
      }),
  };
}

function notFound(id: string): MarteauError {
  return new MarteauError('not-found', { what: `run ${id.slice(0, 40)}` });
}

function wrongState(action: string, state: string): MarteauError {
  return new MarteauError('wrong-state', { action, state });
}

function nameOf({ kind, id }: Submitter): string {
  return id && kind !== 'anonymous' && kind !== 'session' ? id : 'someone on this server';
}
