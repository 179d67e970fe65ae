import type { Exchange } from './exchange.ts';

/** A streamed answer is over: how soon it began, how its pieces came, and when it ended, all from its request on. */
export function measureStream({ agent, label, body, begun, first, ended, failure }: Exchange): void {
  const { owner, client } = agent;
  if (!owner.measured || !body || first === 0) return;
  const metrics = client.kinds.of('stream', label.name);
  const time = (name: string, ms: number) =>
    owner.measured?.(metrics.metric('trend', name, 'us'), Math.max(0, ms) * 1000);
  time('first byte', first - begun);
  if (body.partCount === 0) return;
  const firstPart = body.firstPart || ended;
  time('first piece', firstPart - begun);
  const seconds = (ended - firstPart) / 1000;
  // One piece has no pace.
  if (body.partCount > 1 && seconds > 0)
    owner.measured(metrics.metric('trend', 'pieces per second'), (body.partCount - 1) / seconds);
  owner.measured(metrics.metric('rate', 'errors'), failure ? 1 : 0);
  // Who leaves early has not seen it.
  if (body.isWhole) time('end', ended - begun);
}
