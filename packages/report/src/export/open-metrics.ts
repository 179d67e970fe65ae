import type { Results } from '../schema/results.ts';
import type { Spread, Statistics } from '../schema/statistics.ts';

const quantiles = [
  ['0.5', 'p50'],
  ['0.9', 'p90'],
  ['0.95', 'p95'],
  ['0.99', 'p99'],
  ['0.999', 'p999'],
] as const satisfies readonly (readonly [string, keyof Spread])[];

type Labels = Readonly<Record<string, string>>;

/**
 * The run's figures as OpenMetrics text (version 1.0.0), for whatever scrapes or pushes such: latencies in seconds as
 * summaries, counts as counters, one series a label and stage.
 */
export function openMetrics(results: Results): string {
  const { run, steps, labels, judgement } = results;
  const common = { project: run.project, run: run.id };
  const name = new Map(steps.map(({ plan }) => [plan.index, plan.name]));
  const rows = labels.flatMap(({ kind, name: label, steps: all }) =>
    all.map((statistics) => ({
      statistics,
      at: { ...common, kind, label, step: name.get(statistics.step) ?? String(statistics.step) },
    })),
  );
  const lines = [
    ...family('marteau_verdict', 'gauge', 'Whether the run passed: 1 for its verdict, 0 for the others', [
      ...['pass', 'fail', 'invalid'].map((verdict) =>
        sample('marteau_verdict', { ...common, verdict }, judgement?.verdict === verdict ? 1 : 0),
      ),
    ]),
    ...family(
      'marteau_duration_seconds',
      'summary',
      'How long requests, iterations and steps took',
      [...rows.flatMap(({ statistics, at }) => summary(statistics, at))],
      'seconds',
    ),
    ...family('marteau_errors', 'counter', 'How many of them failed', [
      ...rows.map(({ statistics, at }) => sample('marteau_errors_total', at, statistics.errors)),
    ]),
    ...family(
      'marteau_received_bytes',
      'counter',
      'Bytes of answers',
      [
        ...rows
          .filter(({ at }) => at.kind === 'request')
          .map(({ statistics, at }) => sample('marteau_received_bytes_total', at, statistics.bytesIn)),
      ],
      'bytes',
    ),
    ...measured(results, common, name),
    '# EOF',
  ];
  return `${lines.join('\n')}\n`;
}

const families = {
  us: ['marteau_measured_seconds', 'seconds', 1e6],
  bytes: ['marteau_measured_bytes', 'bytes', 1],
  number: ['marteau_measured', '', 1],
} as const;

/** What is measured beside requests: of sockets, streams, requests of other kinds, and the script's own metrics. */
function measured({ metrics = [] }: Results, common: Labels, name: ReadonlyMap<number, string>): string[] {
  const rows = metrics.flatMap(({ of, name: what, steps, ...metric }) =>
    steps.map((counts) => ({
      ...metric,
      ...counts,
      at: {
        ...common,
        kind: of?.kind ?? 'script',
        label: of?.label ?? '',
        measured: what,
        step: name.get(counts.step) ?? String(counts.step),
      },
    })),
  );
  const trends = Object.entries(families).map(([unit, [family, suffix, scale]]) => {
    const own = rows.filter((row) => row.kind === 'trend' && row.unit === unit);
    return {
      family,
      suffix,
      samples: own.flatMap(({ values, count, sum, at }) => trend(family, scale, values, { count, sum }, at)),
    };
  });
  const shares = rows.filter(({ kind }) => kind === 'rate' || kind === 'check');
  const totals = rows.filter(({ kind }) => kind !== 'trend');
  return [
    ...trends.flatMap(({ family: own, suffix, samples }) =>
      samples.length === 0
        ? []
        : family(own, 'summary', 'What was measured beside requests', samples, suffix),
    ),
    ...(totals.length === 0
      ? []
      : family(
          'marteau_measured_events',
          'counter',
          'What was counted beside requests; of shares, how often it was so',
          totals.map(({ sum, at }) => sample('marteau_measured_events_total', at, sum)),
        )),
    ...(shares.length === 0
      ? []
      : family(
          'marteau_measured_share',
          'gauge',
          'Of what could be so, how much was: 0 to 1',
          shares.map(({ sum, count, at }) =>
            sample('marteau_measured_share', at, count > 0 ? sum / count : 0),
          ),
        )),
  ];
}

function trend(
  name: string,
  scale: number,
  values: Spread | null,
  { count, sum }: { count: number; sum: number },
  at: Labels,
): string[] {
  const points = quantiles.flatMap(([quantile, key]) => {
    const value = values?.[key] ?? null;
    return value === null ? [] : [sample(name, { ...at, quantile }, value / scale)];
  });
  return [...points, sample(`${name}_count`, at, count), sample(`${name}_sum`, at, sum / scale)];
}

function family(name: string, type: string, help: string, samples: readonly string[], unit = ''): string[] {
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === '' ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${help}`,
    ...samples,
  ];
}

function summary({ time, count }: Statistics, at: Labels): string[] {
  const name = 'marteau_duration_seconds';
  const points = quantiles.flatMap(([quantile, key]) => {
    const value = time[key];
    return value === null ? [] : [sample(name, { ...at, quantile }, value / 1e6)];
  });
  return [
    ...points,
    sample(`${name}_count`, at, count),
    sample(`${name}_sum`, at, ((time.avg ?? 0) * time.count) / 1e6),
  ];
}

function sample(name: string, labels: Labels, value: number): string {
  const written = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
  return `${name}{${written.join(',')}} ${value}`;
}

/** Backslash, line feed and quote are escaped; nothing else may be. */
function escaped(text: string): string {
  return text.toWellFormed().replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
