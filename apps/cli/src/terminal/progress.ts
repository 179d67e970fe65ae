import {
  formatCount,
  formatDuration,
  formatLatency,
  formatPercent,
  formatRate,
  type Plan,
  type TickEvent,
} from '@marteau/shared';

const quietEvery = 5; // seconds between lines where nothing can be drawn again

/** How far a local run is: totals so far, and what the last second was like. A pure model; drawing is separate. */
export interface Progress {
  plan: Plan;
  /** ms that the whole plan takes. */
  length: number;
  requests: number;
  errors: number;
  last: TickEvent | null;
}

/** Takes one second into account. */
export function advance(progress: Progress, tick: TickEvent): Progress {
  return {
    ...progress,
    requests: progress.requests + tick.requests,
    errors: progress.errors + tick.errors,
    last: tick,
  };
}

/** The block that a terminal shows and draws again each second. */
export function progressLines({ plan, length, requests, errors, last }: Progress, width: number): string[] {
  if (!last) return ['Starting the users …'];
  const elapsed = last.second * 1000;
  const step = plan.steps[last.step];
  const where = `${step?.name ?? ''}${last.recording ? '' : ' (not recorded yet)'}, step ${last.step + 1} of ${plan.steps.length}`;
  const share = length > 0 ? Math.min(1, elapsed / length) : 0;
  return [
    `${bar(share, Math.min(40, width - 30))} ${formatDuration(elapsed)} of ${formatDuration(length)}   ${where}`,
    `${formatCount(last.users)} users   ${formatRate(last.requests)}   p50 ${latency(last, last.p50)}   p95 ${latency(last, last.p95)}   p99 ${latency(last, last.p99)}`,
    `${formatCount(requests)} requests, ${formatCount(errors)} errors (${formatPercent(requests ? errors / requests : null)})`,
  ];
}

/** One line for a log, every few seconds; null in between. */
export function progressLine(progress: Progress): string | null {
  const { last } = progress;
  if (!last || last.second % quietEvery !== 0) return null;
  const [bar, now, totals] = progressLines(progress, 60);
  return [bar?.replace(/^\S+ /, ''), now, totals].join('   ');
}

function bar(share: number, width: number): string {
  const full = Math.round(share * width);
  return '━'.repeat(full) + '─'.repeat(Math.max(0, width - full));
}

function latency(tick: TickEvent, microseconds: number): string {
  return formatLatency(tick.requests > 0 ? microseconds : null);
}
