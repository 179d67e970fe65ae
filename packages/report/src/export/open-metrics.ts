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
    '# EOF',
  ];
  return `${lines.join('\n')}\n`;
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
