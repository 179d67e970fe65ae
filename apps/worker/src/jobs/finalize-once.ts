import { failureInWords } from '@marteau/measure';
import { mergeMeasurements } from '@marteau/report';
import { MarteauError } from '@marteau/shared';
import { type JobLease, LeaseEnded } from '@marteau/store';
import { writeConsoleFile } from '../console/console-file.ts';
import type { Context } from '../context.ts';
import type { LeasedJob } from '../lease/leased-job.ts';
import { readShares } from '../share/share-file.ts';

/** Ends a run that tried a script once: whether every test ended well. The console is all that there is to see. */
export async function finalizeOnce({ store }: Context, job: LeasedJob<JobLease>): Promise<void> {
  const { run, lease, folder, console, signal, log } = job;
  const attempt = await store.ledger.attempt(run.id);
  if (!attempt) throw new MarteauError('measurements-missing', { share: 0 });
  const shares = await readShares(folder, attempt);
  const reason = whatWentWrong(mergeMeasurements(shares.map(({ measurements }) => measurements)));
  console.say(reason ?? 'Every test ended well.');
  await job.settle();
  signal.throwIfAborted();
  await writeConsoleFile(folder);
  const ended = await store.runs.end(lease, {
    state: 'finished',
    verdict: reason === null ? 'pass' : 'fail',
    reason,
    reasonCode: null,
    summary: null,
    hasReport: false,
  });
  if (!ended) throw new LeaseEnded('lost', 'another worker ended the run');
  log.info({ once: true }, 'ended');
}

type Merged = ReturnType<typeof mergeMeasurements>;

/** One sentence; null when every test ended and no request was an error. */
function whatWentWrong({ labels, failures }: Merged): string | null {
  const seen = labels.flatMap(({ kind, steps }) => steps.map((stats) => ({ kind, ...stats })));
  const ended = seen.filter(({ kind, count }) => kind === 'test' && count > 0);
  const wrong = seen.filter(({ errors, unfinished }) => errors + unfinished > 0);
  if (ended.length > 0 && wrong.length === 0) return null;
  const first = failures.find(({ kind }) => kind !== 'error') ?? failures[0];
  if (!first) return 'No test came to its end. The console has each request with its answer.';
  return `${failureInWords(first)}. The console has each request with its answer.`;
}
