import { GENERATOR } from '@marteau/measure';
import { formatLatency, spellDuration } from '@marteau/shared';
import type { MergedLabel, MergedMetric, MergedStage } from '../merge/merged.ts';
import type { Evidence } from './evidence.ts';

/** Who waits so many times longer than ever before does not wait for a slow answer. */
const TIMES_LONGER = 5;
const LEAST_MS = 1000;
/** Of a stage: as much as errors may be. */
const LEAST_PART = 0.01;

/**
 * Whether a stage ended with a target that answered nobody any more: users who wait make no requests that could fail, so
 * that what finished before looks well. Null where it answered, or a fault was the reason.
 */
export function stoodStill(evidence: Evidence): string | null {
  for (const stage of evidence.steps) {
    const said = atTheEndOf(stage, evidence);
    if (said !== null) return said;
  }
  return null;
}

function atTheEndOf(
  stage: MergedStage,
  { merged, totals, steps, faults, shadows = faults }: Evidence,
): string | null {
  const { labels, grid } = merged;
  const kind = labels.some(({ kind }) => kind === 'request') ? 'request' : 'test';
  const { cells } = kind === 'request' ? totals.requests : totals.tests;
  const heard = merged.metrics.filter(isHeard).map((metric) => metric.cells);
  const lastCell = Math.max(
    ...[cells, ...heard].map((each) =>
      each.findLastIndex((cell, i) => cell !== null && cell.count > 0 && i * grid.width < stage.end),
    ),
  );
  const from = Math.max(stage.begin, (lastCell + 1) * grid.width);
  const quietMs = stage.end - from;
  if (quietMs < Math.max(LEAST_MS, (stage.end - stage.begin) * LEAST_PART)) return null;
  if (shadows.some((fault) => fault.from < stage.end && from < fault.to)) return null;
  const waiting = labels.flatMap((label) => (label.kind === kind ? (waitingOf(label, stage) ?? []) : []));
  const worst = waiting
    .filter(
      ({ oldest, longest }) => longest > 0 && Math.min(oldest, quietMs * 1000) >= TIMES_LONGER * longest,
    )
    .toSorted((a, b) => b.oldest - a.oldest)[0];
  if (worst === undefined) return null;
  const where = steps.length > 1 ? ` at ${stage.plan.name}` : '';
  const count = waiting.reduce((sum, each) => sum + each.count, 0);
  const those = `${kind === 'request' ? 'request' : 'iteration'}${count === 1 ? '' : 's'}`;
  const last = spellDuration(Math.round(quietMs / 1000) * 1000);
  return `The target stood still: nothing finished in the last ${last}${where}, while ${count} ${those} waited; ${worst.name} for ${formatLatency(worst.oldest)}, which had taken ${formatLatency(worst.longest)} at most.`;
}

/** What a target lets hear of itself beside whole requests: messages, and requests of kinds that the script names. */
function isHeard({ of, name }: MergedMetric): boolean {
  return of !== undefined && of.kind !== GENERATOR && (name === 'received' || name === 'time');
}

/** What of a label had not finished at the end of a stage, and how long it took where it did, µs. */
function waitingOf({ name, steps }: MergedLabel, { plan }: MergedStage) {
  const own = steps.find(({ step }) => step === plan.index);
  if (!own || own.unfinished === 0) return null;
  const longest = Math.max(...steps.map(({ time }) => time.max));
  return { name, count: own.unfinished, oldest: own.oldestUnfinished, longest };
}
