import { MarteauError, onceTrigger, type Run, type Submitter } from '@marteau/shared';
import type { Runs } from '../api/runs.ts';
import type { Context } from '../context.ts';
import { allot } from '../ledger/allot.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import { runChanges } from './changes.ts';
import { closeRun } from './close.ts';
import { countRuns, listRuns } from './list.ts';
import { pinnedOf, pinnedRuns, pinRun } from './pin.ts';
import { submitRun } from './submit.ts';
import { writeTrace } from './trace.ts';

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
  /** Who waited for what became free gets it now; should that fail, with the next round. */
  const allotSoon = (): void => context.background(allot(context), {}, 'a worker will allot the free nodes');

  return {
    submit: (submission) => submitRun(context, submission),
    get: (id) => read.one(id),
    list: (query) => listRuns(context, query),
    counts: () => countRuns(context),
    changes: (signal) => runChanges(context.channels, signal),

    async cancel(id, by) {
      const run = await known(id);
      const state = await script('cancel', {
        id,
        except: addressOf(by, run),
        reason: `Cancelled by ${nameOf(by)}.`,
      });
      if (state === '') throw notFound(id);
      if (state.startsWith('ended ')) throw wrongState('cancelled', state.slice('ended '.length));
      if (state === 'cancelled') closeSoon(id);
      allotSoon();
      return known(id);
    },

    async stopAndReport(id) {
      const answer = await script('stop', { id });
      if (answer === '') await known(id);
      if (answer === 'early') throw wrongState('stopped and reported', 'not under load yet');
      if (answer !== 'stopped') throw wrongState('stopped', answer || (await known(id)).state);
      return known(id);
    },

    async rerun(id, { submitter, trigger = 'rerun', idempotencyKey }) {
      const run = await known(id);
      const request = {
        repo: run.repo,
        ...(run.ref !== null && { ref: run.ref }),
        ...(run.email !== null && { email: run.email }),
        ...(run.profile !== null && { profile: run.profile }),
        overrides: run.overrides,
      };
      return submitRun(context, {
        request,
        project: run.project,
        submitter,
        trigger: run.trigger === onceTrigger ? onceTrigger : trigger,
        ...(idempotencyKey !== undefined && { idempotencyKey }),
      });
    },

    async remove(id) {
      const [answer, state] = await script('remove', { id });
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
    setPhase: async (hold, phase) => (await script('phase', { hold, phase })) === 1,

    async end(hold, outcome) {
      const ended = await script('end', {
        hold,
        state: outcome.state,
        verdict: outcome.verdict ?? '',
        reason: outcome.reason ?? '',
        reasonCode: outcome.reasonCode ?? '',
        summary: outcome.summary ? JSON.stringify(outcome.summary) : '',
        hasReport: outcome.hasReport,
      });
      if (ended) {
        closeSoon(hold.runId);
        allotSoon(); // this worker is free for load now
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

/** The address of who cancels, when it is known: nobody is mailed what they did themselves. */
function addressOf(by: Submitter, run: Run): string {
  if (by.kind === 'email') return by.id;
  return by.kind === run.submitter.kind && by.id === run.submitter.id ? (run.email ?? '') : '';
}

function nameOf(by: Submitter): string {
  return by.id && by.kind !== 'anonymous' ? by.id : 'someone on this server';
}
