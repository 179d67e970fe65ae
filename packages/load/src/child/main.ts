import { relative } from 'node:path';
import { type ErrorCode, MarteauError } from '@marteau/shared';
import { type SharedRate, shareRate } from '../fetch/rate-limit.ts';
import { rowsOfShare, rowsOfThread } from '../script/data/divide-rows.ts';
import { type DataRows, readData } from '../script/data/read-data.ts';
import type { FromThread, ListedTest } from '../thread/messages.ts';
import type { ChildJob } from './job.ts';
import { sizeThreadNurseries } from './nurseries.ts';
import { Parent } from './parent.ts';
import { ShareRun, scenarioJobs } from './share-run.ts';
import { Thread } from './thread.ts';
import { Watch } from './watch.ts';

/** The process that runs a script: starts the worker threads and speaks with the parent. Runs nothing of the script. */

const parent = new Parent();
let threads: Thread[] = [];
let job: ChildJob;
let rates: SharedRate[] = [];
let run: ShareRun | null = null;

parent.listen(
  (message) => {
    if (message.type === 'job') begin(message.job);
    else if (message.type === 'start') start(message.at);
    else if (message.type === 'change') run?.change(message.number, message.change);
    else run?.stop();
  },
  () => process.exit(1),
);

function begin(given: ChildJob): void {
  job = given;
  const { root, script, expected, session, connections, test, secrets, trace, share } = job;
  const scenarios = scenarioJobs(job.plan);
  const data = dataOf(job);
  if (!data) return;
  rates = Object.entries(job.rates).map(([place, perSecond]) => shareRate(place, perSecond));
  const client = { ...job.client, rates };
  const watch = new Watch(job, parent);
  sizeThreadNurseries();
  threads = Array.from({ length: job.threads }, (_, index) => {
    const threadShare = { share, thread: { index, of: job.threads } };
    const own = rowsOfThread(data, job.plan, threadShare);
    const same = { root, script, client, expected, session, connections, test, secrets, trace, scenarios };
    const threadJob = { ...same, threadShare, data: own };
    return new Thread(threadJob, job, { message, ended: (_, how) => watch.ended(how) });
  });
  watch.begin(threads);
}

/** Null when they cannot be used, which is told. */
function dataOf({ data, root, plan, share }: ChildJob): DataRows | null {
  try {
    return rowsOfShare(readData(data, root, plan), plan, share);
  } catch (error) {
    if (!(error instanceof MarteauError)) throw error;
    parent.fail(error.code as ErrorCode, error.params as never);
    return null;
  }
}

function message(thread: Thread, message: FromThread): void {
  if (message.type === 'loaded') {
    thread.loaded = true;
    if (threads.every(({ loaded }) => loaded)) ready(message.tests, message.shared);
  } else if (message.type === 'refused') {
    const where = message.source ?? relative(job.root, job.script);
    if (message.exit) parent.fail('script-exited', { how: `process.exit was called at ${where}` });
    else parent.fail('script-threw', { where, message: message.message });
  } else run?.message(thread, message);
}

function ready(tests: readonly ListedTest[], shared: string | null): void {
  const wrong = wrongChoice(tests, [job.test, ...scenarioJobs(job.plan).map((scenario) => scenario.test)]);
  if (wrong === null)
    parent.send({ type: 'ready', tests: [...tests], shared }, job.plan ? undefined : () => process.exit(0));
  else if (wrong === '') parent.fail('script-empty', { script: relative(job.root, job.script) });
  else
    parent.fail('script-test-unknown', {
      test: wrong,
      known: tests.map(({ fullName }) => `'${fullName}'`).join(', '),
    });
}

/** A test that was named and that there is not; empty when there is none at all; null when all is well. */
function wrongChoice(tests: readonly ListedTest[], named: readonly (string | null)[]): string | null {
  const runnable = tests.filter(({ skipped }) => !skipped);
  if (runnable.length === 0) return '';
  const known = new Set(runnable.flatMap(({ name, fullName }) => [name, fullName]));
  return named.find((test) => test !== null && !known.has(test)) ?? null;
}

function start(at: number | null): void {
  if (run || !job.plan) return;
  run = new ShareRun(job, job.plan, parent, { threads, rates, startAt: at });
  run.run();
}
