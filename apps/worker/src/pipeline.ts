import type { JobData, JobResult, QueueName, Work } from '@marteau/store';
import { nodeQueue } from '@marteau/store';
import type { Channel } from './channels/channel.ts';
import type { Context } from './context.ts';
import { finalize } from './jobs/finalize.ts';
import { notify } from './jobs/notify.ts';
import { preflight } from './jobs/preflight.ts';
import { prepare } from './jobs/prepare.ts';
import { share } from './jobs/share.ts';

/**
 * The way of a run through this process. Each queue carries one kind of job; a node's own queue carries its shares.
 * A worker with the role `load` alone tries scripts and takes its shares, one with `desk` alone does all the rest.
 *
 *     prepare ─▶ (preflight, for several nodes) ─▶ (the ledger allots nodes) ─▶ load, one on each of N ─▶ finalize ─▶ notify
 *
 * | queue     | handler   | at once | may take                                                    |
 * |-----------|-----------|---------|-------------------------------------------------------------|
 * | prepare   | prepare   | 2       | deadlines.clone, then a few seconds                         |
 * | preflight | preflight | 1       | two minutes, and what installing may take                   |
 * | node-X    | share     | 1       | the file's timeout, then deadlines.after                    |
 * | finalize  | finalize  | 1       | seconds: it only computes                                   |
 * | notify    | notify    | 2       | under a minute a try                                        |
 */
export function startPipeline(context: Context, channels: readonly Channel[]): Work[] {
  const on = <Q extends QueueName>(
    queue: Q,
    handler: (data: JobData<Q>) => Promise<JobResult>,
    concurrency: number,
  ): Work => {
    const name = queue === nodeQueue(context.node.node) ? 'share' : queue;
    return context.store.work(queue, (job) => context.meters.timed(name, () => handler(job)), {
      concurrency,
    });
  };
  const { roles } = context.config.node;
  const preparing = () => [
    on('prepare', (job) => prepare(context, job), 2),
    on('finalize', (job) => finalize(context, job), 1),
    on('notify', (job) => notify(context, channels, job), 2),
  ];
  const shares = () => [
    on('preflight', (job) => preflight(context, job), 1),
    on(nodeQueue(context.node.node), (job) => share(context, job), 1),
  ];
  return [...(roles.includes('desk') ? preparing() : []), ...(roles.includes('load') ? shares() : [])];
}
