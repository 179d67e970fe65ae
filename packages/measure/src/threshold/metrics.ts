import { timeAt } from '../histogram/times.ts';
import { apdexScore } from './apdex.ts';
import type { Circumstances, Observed } from './observed.ts';
import type { ThresholdUnit } from './threshold.ts';

/** What can be bounded by a threshold. */
interface Metric {
  /** Units of its bound, the first one that fits is meant. */
  readonly units: readonly ThresholdUnit[];
  /** Whom it is about where both have its label, or none is named: requests unless said. */
  readonly of?: 'tests';
  /** In the unit, over what was observed; null where nothing was there to measure. */
  measure(observed: Observed, unit: ThresholdUnit, circumstances: Circumstances): number | null;
  /** Whether its value in a unit grows with the load: those of several nodes add up. */
  grows?(unit: ThresholdUnit): boolean;
  /** Answers were wrong, not only late: it fails a run whoever was slow. */
  readonly isHard?: true;
  /** Describes a distribution, and so also one of a script's own trends. */
  readonly isOfTimes?: true;
  /** Known of the whole load only, and not of a label. */
  readonly isOfAll?: true;
  /** Known of a whole stage only, once it is over: not of windows or faults, and not while the load runs. */
  readonly isAtEnd?: true;
}

/** The metric of sockets that did not end well: two words. */
export const CLOSED = 'closed abnormally';

const always = () => true;
const ofTimes = { units: ['us'], isOfTimes: true } as const;
const ofErrors = {
  units: ['ratio', 'count'],
  isHard: true,
  measure: (observed, unit) =>
    unit === 'count' ? observed.errors : perOne(observed.errors, countOf(observed)),
  grows: (unit) => unit === 'count',
} satisfies Metric;

/** Every metric with a name of its own; `percentile` stands for p50 … p99.99. To add one is to add its entry. */
const metrics = {
  avg: { ...ofTimes, measure: ({ time }) => perOne(time.sum, time.count) },
  min: { ...ofTimes, measure: ({ time }) => (time.count > 0 ? time.min : null) },
  max: { ...ofTimes, measure: ({ time }) => (time.count > 0 ? time.max : null) },
  errors: ofErrors,
  failures: {
    ...ofErrors,
    of: 'tests',
    // A user that could not begin or leave is one that failed, too.
    measure: ({ errors, time, starts }, unit) => {
      const users = starts?.userFailures ?? 0;
      return unit === 'count' ? errors + users : perOne(errors + users, time.count + users);
    },
  },
  dropped: {
    units: ['ratio', 'count'],
    isOfAll: true,
    measure: ({ starts }, unit) => {
      if (starts === null || starts.planned === 0) return null;
      return unit === 'count' ? starts.dropped : starts.dropped / starts.planned;
    },
    grows: (unit) => unit === 'count',
  },
  rate: {
    units: ['perSecond'],
    of: 'tests',
    grows: always,
    measure: ({ startRate, time, seconds }) => startRate ?? perOne(time.count, seconds),
  },
  requests: {
    units: ['perSecond', 'count'],
    grows: always,
    measure: (observed, unit) =>
      unit === 'count' ? countOf(observed) : perOne(countOf(observed), observed.seconds),
  },
  bytes: {
    units: ['bytes', 'bytesPerSecond'],
    grows: always,
    measure: ({ bytesIn, seconds }, unit) => (unit === 'bytes' ? bytesIn : perOne(bytesIn, seconds)),
  },
  unfinished: { units: ['count'], isAtEnd: true, grows: always, measure: ({ unfinished }) => unfinished },
  apdex: {
    units: ['score'],
    measure: (observed, _unit, { apdexUs }) => apdexScore(observed, apdexUs),
  },
  // Measured as one of sockets (`measureCustom`), of which there are none here.
  [CLOSED]: {
    units: ['ratio', 'count'],
    isHard: true,
    measure: () => null,
    grows: (unit) => unit === 'count',
  },
} satisfies Record<string, Metric>;

/** What a kind of connections or requests is timed by, where a threshold does not say. */
const mainAspects: Readonly<Record<string, string>> = {
  ws: 'round trip',
  sse: 'first event',
  stream: 'first byte',
};

/** Kinds that may be bounded without a label: all of them together. */
export const knownKinds = Object.keys(mainAspects);

/** 'round trip' of ws; requests of a kind of the script's own have a 'time'. */
export function mainAspect(kind: string): string {
  return Object.hasOwn(mainAspects, kind) ? mainAspects[kind]! : 'time';
}

/** The metrics of the script's own: `metric "NAME"`; `measureCustom` measures them. */
const custom: readonly ThresholdUnit[] = ['us', 'ratio', 'perSecond', 'count'];

export type MetricName = keyof typeof metrics | 'metric' | `p${number}`;

/** For messages: what may stand at the beginning of a threshold. */
export const metricsInWords = `p50 to p99.99, ${Object.keys(metrics).join(', ')}, and metric "NAME" for one of the script’s own`;

/** For suggestions: the metrics that people mistype. */
export const commonMetrics = [
  ...Object.keys(metrics),
  'metric',
  'p50',
  'p90',
  'p95',
  'p99',
  'p99.9',
  'p99.99',
];

/** 95 for 'p95', 99.9 for 'p99.9'; null for what is not a percentile from p50 to p99.99. */
export function percentileOf(metric: string): number | null {
  const [, digits] = /^p([5-9]\d(?:\.\d{1,2})?)$/.exec(metric) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** Null where there is no such metric. Of the script's own (`metric`) nothing can be said here. */
export function metricOf(name: string): Metric | null {
  const percent = percentileOf(name);
  if (percent !== null) return { ...ofTimes, measure: ({ time }) => timeAt(time, percent / 100) };
  return Object.hasOwn(metrics, name) ? metrics[name as keyof typeof metrics] : null;
}

/** The units in which a metric can be bounded; null for an unknown metric. */
export function unitsOf(name: string, ofCustom: boolean): readonly ThresholdUnit[] | null {
  if (name === 'metric' || ofCustom) return custom;
  return metricOf(name)?.units ?? null;
}

/** What of sockets and streams is no time. */
const aspectUnits: Readonly<Record<string, ThresholdUnit>> = {
  sent: 'bytes',
  received: 'bytes',
  'pieces per second': 'count',
};

/**
 * The same of a kind of connections or requests; null for what is not measured of them.
 * @param aspect what of them it is about
 */
export function unitsOfKind(name: string, aspect = ''): readonly ThresholdUnit[] | null {
  if (name === 'requests') return ['perSecond'];
  if (name === 'errors' || name === CLOSED) return ['ratio', 'count'];
  if (!metricOf(name)?.isOfTimes) return null;
  return [Object.hasOwn(aspectUnits, aspect) ? aspectUnits[aspect]! : 'us'];
}

/** How the values of a unit are written. */
export const unitInWords: Record<ThresholdUnit, string> = {
  us: 'a time such as 300ms or 1.5s',
  ratio: 'a share such as 1%',
  perSecond: 'a rate such as 450/s',
  bytes: 'a size such as 5MB',
  bytesPerSecond: 'a size per second such as 5MB/s',
  count: 'a whole number such as 10',
  score: 'a score from 0 to 1 such as 0.9',
};

function countOf({ count, time }: Observed): number {
  return count ?? time.count;
}

function perOne(value: number, of: number): number | null {
  return of > 0 ? value / of : null;
}
