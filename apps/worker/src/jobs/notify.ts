import type { JobResult, NotifyJob } from '@marteau/store';
import type { Channel } from '../channels/channel.ts';
import type { Context } from '../context.ts';

/**
 * Tries one delivery, and writes down what became of it. A run never changes by it. While load is generated none is
 * begun; load does not wait for one that is on its way, though, because that itself only waits for the other side, up
 * to a minute.
 */
export async function notify(
  context: Context,
  channels: readonly Channel[],
  job: NotifyJob,
): Promise<JobResult> {
  if (context.gate.isLoading) return 'later';
  const { deliveries, runs } = context.store;
  const delivery = await deliveries.claim(job);
  if (!delivery) return 'stale';
  const run = await runs.get(delivery.runId);
  const channel = channels.find(({ kind }) => kind === delivery.kind);
  if (!run) await deliveries.refused(delivery, 'the run was deleted');
  else if (!channel)
    await deliveries.refused(delivery, `this server cannot tell anybody by ${delivery.kind}`);
  else {
    const { outcome, detail, page = null } = await channel.tell(run, delivery);
    if (outcome === 'sent') await deliveries.sent(delivery, { detail, page });
    else if (outcome === 'refused') await deliveries.refused(delivery, detail);
    else await deliveries.retry(delivery, detail);
    const { kind, try: tried } = delivery;
    context.meters.told(kind, outcome);
    context.log.info({ run: run.id, kind, outcome, detail, try: tried }, 'told');
  }
  return 'done';
}
