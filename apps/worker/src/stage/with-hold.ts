import { createMasker, RunConsole } from '@marteau/fixture';
import { projectSecrets } from '@marteau/source';
import { type Lease, LeaseEnded } from '@marteau/store';
import { keepPart } from '../console/console-file.ts';
import { type Context, HandBack } from '../context.ts';
import { failureOf } from './failure.ts';
import { keepConsole } from './keep-console.ts';
import { PhaseReporter } from './phase-reporter.ts';
import { removeStale } from './remove-stale.ts';
import type { Failure, Stage } from './stage.ts';
import { openWorkFolder } from './work-folder.ts';

interface Options<H extends Lease> {
  hold: H;
  /** 'prepare-1', 'share-1-0': names its part of the console. */
  name: string;
  /** When this process leaves: the stage is then handed back. */
  leaving: AbortSignal;
  work: (stage: Stage<H>) => Promise<void>;
  /** Ends the run in error. */
  fail: (stage: Stage<H>, failure: Failure) => Promise<void>;
  /** This process is leaving, or Redis was away for so long that it had to stop: another one shall do it. */
  handBack: (why: string) => Promise<boolean>;
}

/**
 * Does the work of one stage under its hold, and answers to the ledger however it ends:
 *
 *     done ─▶ (the work says so itself)      failed ─▶ fail, with a reason
 *     cancelled ─▶ acknowledge               leaving ─▶ hand back             lost ─▶ nothing
 *                                            Redis was away ─▶ hand back, once it is there again
 *
 * Whatever it was, nothing of it is left by then: no process, no folder.
 */
export async function withHold<H extends Lease>(context: Context, options: Options<H>): Promise<void> {
  const { hold } = options;
  const run = await context.store.runs.get(hold.runId);
  if (!run) return; // deleted, and the hold with it
  const watch = context.store.watch(hold);
  const stage = openStage(context, options, run, watch);
  stage.log.info('begun');
  await leaveTrace(context, stage);
  try {
    await using folder = await openWorkFolder(context.config.dataFolder, context.node.node);
    await options.work({ ...stage, work: folder.path });
    stage.log.info('done');
  } catch (error) {
    await conclude(context, options, stage, error);
  } finally {
    stage.phase.close();
    watch.close();
  }
}

function openStage<H extends Lease>(
  { store, secrets, log, now }: Context,
  { hold, name, leaving }: Options<H>,
  run: NonNullable<Awaited<ReturnType<typeof store.runs.get>>>,
  watch: ReturnType<typeof store.watch>,
): Stage<H> {
  const folder = store.folders.of(run.id);
  const masker = createMasker([
    ...Object.values(projectSecrets(secrets, run.project)),
    ...[...secrets.git.values()].flatMap((token) => [token, token.slice(token.indexOf(':') + 1)]),
  ]);
  const console = new RunConsole({
    send: (events) => store.events.append(run.id, events),
    masker,
    share: hold.stage === 'share' ? hold.share : 0,
    now,
  });
  return {
    hold,
    run,
    console,
    phase: new PhaseReporter((phase) => store.runs.setPhase(hold, phase)),
    masker,
    folder,
    work: '',
    signal: AbortSignal.any([watch.signal, leaving]),
    stop: watch.stop,
    log: log.child({ run: run.id, stage: name }),
    async settle() {
      await console.flush();
      await keepPart(folder, name, console.text).catch((error: Error) =>
        log.warn({ run: run.id, err: error }, 'a part of the console was not kept'),
      );
    },
  };
}

/** Should Redis lose its data, this tells of the run. One share's word is enough. */
async function leaveTrace({ store }: Context, { hold, run, log }: Stage<Lease>): Promise<void> {
  if (hold.stage === 'share' && hold.share > 0) return;
  await store.runs.trace(run).catch((error: Error) => log.warn({ err: error }, 'the run left no trace'));
}

async function conclude<H extends Lease>(
  context: Context,
  { hold, fail, handBack }: Options<H>,
  stage: Stage<H>,
  error: unknown,
): Promise<void> {
  const { signal, log } = stage;
  const why: unknown = signal.aborted ? signal.reason : error;
  if (why instanceof HandBack || (why instanceof LeaseEnded && why.kind === 'store-away')) {
    log.info({ why: why.message }, 'handed back');
    await stage.settle();
    if (!(await handBack(why.message))) await removeStale(context, hold);
  } else if (why instanceof LeaseEnded && (why.kind === 'cancelled' || why.kind === 'aborted')) {
    log.info({ why: why.kind }, 'stopped');
    await keepConsole(stage); // also of a share that was stopped because another one ended the run
    await context.store.ledger.acknowledge(hold);
  } else if (why instanceof LeaseEnded) {
    log.warn({ why: why.message }, 'given up: the hold is lost');
    await removeStale(context, hold);
  } else {
    const failure = failureOf(why, stage);
    stage.console.say(failure.reason);
    await fail(stage, failure);
  }
}
