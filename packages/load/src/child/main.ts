import { partOf, whole } from '../plan/portion.ts';
import type { FromThread } from '../thread/messages.ts';
import type { ChildJob } from './job.ts';
import { Parent } from './parent.ts';
import { lanesFor, ShareRun } from './share-run.ts';
import { Thread } from './thread.ts';
import { Watch } from './watch.ts';

/** The process that runs a script: starts the worker threads and speaks with the parent. Runs nothing of the script. */

const parent = new Parent();
let threads: Thread[] = [];
let job: ChildJob;
let run: ShareRun | null = null;

parent.listen(
  (message) => {
    if (message.type === 'job') begin(message.job);
    else if (message.type === 'start') start(message.at);
    else run?.stop();
  },
  () => process.exit(1),
);

function begin(given: ChildJob): void {
  job = given;
  const part = partOf(whole, job.share.index, job.share.of);
  const { root, script, client, expected, session, connections, test, secrets } = job;
  const lanes = lanesFor(job.plan);
  const watch = new Watch(job, parent);
  threads = Array.from({ length: job.threads }, (_, index) => {
    const portion = partOf(part, index, job.threads);
    const threadJob = { root, script, client, expected, session, connections, test, secrets, lanes, portion };
    return new Thread(threadJob, job.env, { message, ended: (_, how) => watch.ended(how) });
  });
  watch.begin(threads);
}

function message(thread: Thread, message: FromThread): void {
  if (message.type === 'loaded') {
    thread.loaded = true;
    if (threads.every(({ loaded }) => loaded)) parent.send({ type: 'ready', tests: [...message.tests] });
  } else if (message.type === 'refused') {
    const where = message.source ?? job.script;
    parent.fail('script-threw', { where, message: message.message });
  } else run?.message(thread, message);
}

function start(at: number | null): void {
  if (run || !job.plan) return;
  run = new ShareRun(job, job.plan, parent, threads, at);
  run.run();
}
