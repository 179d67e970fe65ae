import type { TickEvent } from '@marteau/shared';
import { encodeHistogram } from '../histogram/encode.ts';
import { threeDigits, twoDigits } from '../histogram/layout.ts';
import { addTimes } from '../histogram/sum.ts';
import { timeAt, timesAt } from '../histogram/times.ts';
import { addThreads } from './load-series.ts';
import type { Second } from './recorder.ts';
import type { LabelSnapshot } from './snapshot.ts';

/** What a tick says besides what was counted. */
export interface TickFacts {
  /** ms since 1970: moment 0 of the run's clock. */
  readonly startedAt: number;
  readonly share: number;
  readonly of: number;
  /** Of the plan. */
  readonly stage: number;
  readonly recording: boolean;
}

/** One second of this share, for those who watch. */
export function tickOf({ second, snapshots, load }: Second, facts: TickFacts): TickEvent {
  const labels = snapshots.flatMap((snapshot) => snapshot.labels);
  const requests = labels.filter(({ kind }) => kind === 'request');
  const tests = labels.filter(({ kind }) => kind === 'test');
  const times = addTimes(
    requests.map(({ time }) => time),
    threeDigits,
  );
  const [p50 = 0, p95 = 0, p99 = 0] = times.count === 0 ? [] : timesAt(times, [0.5, 0.95, 0.99]);
  const { users, cpu, loopDelay, userFailures, offered, dropped, streams } = addThreads(load);
  const { startedAt, share, of, stage, recording } = facts;
  return {
    type: 'tick',
    at: startedAt + (second + 1) * 1000,
    second,
    share,
    of,
    step: stage,
    recording,
    users,
    requests: times.count,
    errors: failed(requests),
    iterations: sum(tests, ({ time }) => time.count),
    failures: failed(tests) + userFailures,
    ...streamed(snapshots, streams),
    ...(offered > 0 ? { planned: offered, dropped } : {}),
    bytesIn: sum(requests, ({ bytesIn }) => bytesIn),
    cpu,
    loopDelay,
    p50,
    p95,
    p99,
    max: times.max,
    histogram: times.count > 0 ? encodeHistogram(addTimes([times], twoDigits)) : '',
  };
}

/** What goes over WebSockets and streams of events, where there are any. */
function streamed(
  snapshots: Second['snapshots'],
  open: number | undefined,
): Pick<TickEvent, 'streams' | 'sent' | 'received' | 'roundTrip'> {
  const own = snapshots.flatMap(({ metrics }) => metrics.filter(({ of }) => of !== undefined));
  if (open === undefined) return {};
  const named = (name: string) => own.filter((metric) => metric.name === name);
  const count = (name: string) => named(name).reduce((total, metric) => total + metric.count, 0);
  const trips = named('round trip').flatMap(({ values }) => values ?? []);
  const p95 = trips.length > 0 ? timeAt(addTimes(trips, threeDigits), 0.95) : null;
  return {
    streams: open,
    sent: count('sent'),
    received: count('received'),
    ...(p95 === null ? {} : { roundTrip: p95 }),
  };
}

function failed(labels: readonly LabelSnapshot[]): number {
  return sum(labels, ({ errorTime }) => errorTime?.count ?? 0);
}

function sum(labels: readonly LabelSnapshot[], pick: (label: LabelSnapshot) => number): number {
  return labels.reduce((total, label) => total + pick(label), 0);
}
