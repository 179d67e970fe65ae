import type { TickEvent } from '@marteau/shared';
import { encodeHistogram } from '../measure/encode.ts';
import { mergeSummaries, percentile } from '../measure/histogram.ts';
import { twoDigits } from '../measure/layout.ts';
import { addThreads } from '../measure/load-series.ts';
import type { LabelPiece } from '../measure/piece.ts';
import { requestTimes, type Second } from '../measure/run-record.ts';

/** What a tick says besides what was counted. */
export interface TickFacts {
  /** ms since 1970: moment 0 of the run's clock. */
  readonly startedAt: number;
  readonly share: number;
  readonly of: number;
  /** Of the plan. */
  readonly step: number;
  readonly recording: boolean;
}

/** One second of this share, for those who watch. */
export function tickOf({ second, pieces, load }: Second, facts: TickFacts): TickEvent {
  const labels = pieces.flatMap((piece) => piece.labels);
  const requests = labels.filter(({ kind }) => kind === 'request');
  const tests = labels.filter(({ kind }) => kind === 'test');
  const times = requestTimes(pieces);
  const { users, cpu, loopDelay } = addThreads(load);
  const { startedAt, share, of, step, recording } = facts;
  return {
    type: 'tick',
    at: startedAt + (second + 1) * 1000,
    second,
    share,
    of,
    step,
    recording,
    users,
    requests: times.count,
    errors: failed(requests),
    iterations: sum(tests, ({ time }) => time.count),
    failures: failed(tests),
    bytesIn: sum(requests, ({ bytesIn }) => bytesIn),
    cpu,
    loopDelay,
    p50: percentile(times, 50),
    p95: percentile(times, 95),
    p99: percentile(times, 99),
    max: times.max,
    histogram: times.count > 0 ? encodeHistogram(mergeSummaries(twoDigits, [times])) : '',
  };
}

function failed(labels: readonly LabelPiece[]): number {
  return sum(labels, ({ errorTime }) => errorTime?.count ?? 0);
}

function sum(labels: readonly LabelPiece[], pick: (label: LabelPiece) => number): number {
  return labels.reduce((total, label) => total + pick(label), 0);
}
