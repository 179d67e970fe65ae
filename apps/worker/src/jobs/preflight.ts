import { failureInWords } from '@marteau/measure';
import {
  engineOf,
  generateShare,
  preflightFile,
  prepareShare,
  requireIteration,
  type ShareOptions,
  startDeadline,
  watchDisk,
} from '@marteau/run';
import { type JobLease, type JobResult, LeaseEnded, type PreflightJob } from '@marteau/store';
import type { Context } from '../context.ts';
import { endInError } from '../lease/end-in-error.ts';
import type { LeasedJob } from '../lease/leased-job.ts';
import { withLease } from '../lease/with-lease.ts';
import { decideTargets, limitsOf, ratesOf } from '../project/decide-targets.ts';
import { requireForkNode } from '../project/forks.ts';
import { readRunWork } from '../run-work.ts';
import { diskOf, shareOptions } from '../share/share-options.ts';
import { stopLinks } from '../share/stop-links.ts';
import { outOf, unpack } from '../share/unpack.ts';

/** Of generating; installing has its own deadline besides. */
const LONGEST_MS = 120_000;

/** Tries the script of a run that asks for several nodes before it takes any of them. */
export function preflight(context: Context, data: PreflightJob): Promise<JobResult> {
  return context.gate.job(async () => {
    const begun = await context.store.ledger.beginPreflight(data, context.node);
    if (!begun.lease) return begun.answer;
    const { lease } = begun;
    await withLease(context, {
      lease,
      name: `preflight-${lease.try}`,
      leaving: context.leaving.now,
      work: (job) =>
        context.activity.during(`trying ${job.run.name ?? job.run.project}`, () => tryRun(context, job)),
      fail: (job, failure) => endInError(context, job, failure),
      handBack: (why) => context.store.ledger.giveBack(lease, why),
    });
    return 'done';
  });
}

async function tryRun(context: Context, job: LeasedJob<JobLease>): Promise<void> {
  const { store, config, node } = context;
  const { run, lease, console, phase } = job;
  const work = await readRunWork(store, run, console);
  if (!work) throw new LeaseEnded('lost', 'the run has ended meanwhile');
  requireForkNode(context, run);
  const targets = await decideTargets(context, job, work.file);
  const file = preflightFile(work.file);
  const places = await unpack(store.trees, work, { work: job.work, wdir: file.wdir, signal: job.signal });
  phase.say('trying the script');
  using deadline = startDeadline(LONGEST_MS + config.deadlines.install, job.signal, () => phase.current);
  using disk = watchDisk(diskOf(context, job), deadline.signal);
  const options: ShareOptions = {
    ...shareOptions(context, job, { ...work, file }, places),
    stops: await stopLinks(context, job, file),
    rates: ratesOf(targets),
    limits: limitsOf(targets, 1),
    mode: 'preflight',
    signal: disk.signal,
  };
  await using prepared = await prepareShare(options);
  const { measurements } = await generateShare(options, prepared, {
    engine: engineOf(file),
    share: { index: 0, of: 1 },
    node: node.node,
    run: run.id,
    out: outOf(job.work),
    onStart: () => phase.say('trying the script'),
    onMessage(message) {
      if (message.type === 'note') console.say(message.text);
      if (message.type === 'failure') console.say(`Preflight: ${failureInWords(message.group)}`);
    },
  }).catch((error: unknown) => {
    throw prepared.explained(error);
  });
  requireIteration(measurements);
  console.say('Preflight: two users got through the script.');
  await job.settle();
  if ((await store.ledger.passPreflight(lease)) === 'cancelled') await store.ledger.acknowledge(lease);
}
