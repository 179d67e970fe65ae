import type { Results } from '../schema/results.ts';
import type { Statistics } from '../schema/statistics.ts';

type Value = string | number | null;

/** What a spreadsheet would take for a formula, were it not kept from it. */
const FORMULA = /^[=+\-@\t\r]/;

/** A table as RFC 4180 has it, with text that no spreadsheet runs. */
function csv(header: readonly string[], rows: readonly (readonly Value[])[]): string {
  return [header, ...rows]
    .map((row) => row.map(field).join(','))
    .join('\r\n')
    .concat('\r\n');
}

function field(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const columns: readonly (readonly [name: string, (statistics: Statistics) => Value])[] = [
  ['count', ({ count }) => count],
  ['errors', ({ errors }) => errors],
  ['unfinished', ({ unfinished }) => unfinished],
  ['rate_per_s', ({ rate }) => rate],
  ['peak_per_s', ({ peak }) => peak],
  ['min_us', ({ time }) => time.min],
  ['avg_us', ({ time }) => time.avg],
  ['p10_us', ({ time }) => time.p10],
  ['p50_us', ({ time }) => time.p50],
  ['p90_us', ({ time }) => time.p90],
  ['p95_us', ({ time }) => time.p95],
  ['p99_us', ({ time }) => time.p99],
  ['p99_9_us', ({ time }) => time.p999],
  ['max_us', ({ time }) => time.max],
  ['apdex', ({ apdex }) => apdex?.score ?? null],
  ['apdex_rating', ({ apdex }) => apdex?.rating ?? null],
  ['bytes_in', ({ bytesIn }) => bytesIn],
  ['bytes_out', ({ bytesOut }) => bytesOut],
];

/** One row a label and stage, after the rows for all requests and all tests. Times are µs. */
export function statisticsCsv(results: Results): string {
  const name = new Map(results.steps.map(({ plan }) => [plan.index, plan.name]));
  const row = (kind: string, label: string, statistics: Statistics): Value[] => [
    kind,
    label,
    statistics.step,
    name.get(statistics.step) ?? '',
    ...columns.map(([, value]) => value(statistics)),
  ];
  return csv(
    ['kind', 'label', 'step', 'load', ...columns.map(([column]) => column)],
    [
      ...results.steps.map(({ requests }) => row('all', 'requests', requests)),
      ...results.steps.map(({ tests }) => row('all', 'tests', tests)),
      ...results.labels.flatMap(({ kind, name: label, steps }) => steps.map((one) => row(kind, label, one))),
    ],
  );
}

const UNITS = { us: 'us', bytes: 'bytes', number: '' } as const;

/** One row a metric and stage of what is measured beside requests: of sockets, streams, other kinds, the script's own. */
export function measuredCsv({ metrics = [], steps }: Results): string {
  const name = new Map(steps.map(({ plan }) => [plan.index, plan.name]));
  const spread = ['min', 'avg', 'p10', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const;
  return csv(
    ['kind', 'label', 'measured', 'unit', 'step', 'load', 'count', 'sum', 'rate_per_s', 'share', ...spread],
    metrics.flatMap(({ kind, of, name: measured, unit, steps: all }) =>
      all.map(({ step, count, sum, rate, values }): Value[] => [
        of?.kind ?? 'script',
        of?.label ?? '',
        measured,
        UNITS[unit],
        step,
        name.get(step) ?? '',
        count,
        sum,
        rate,
        (kind === 'rate' || kind === 'check') && count > 0 ? sum / count : null,
        ...spread.map((one) => values?.[one] ?? null),
      ]),
    ),
  );
}

/** One row an interval of the whole run: the load, what finished, how long it took (µs), the generator's health. */
export function timelineCsv({ requests, load }: Results): string {
  const header = ['from_s', 'length_s', 'users', 'requests', 'errors', 'lowest_per_s', 'highest_per_s'];
  const times = ['p50_us', 'p95_us', 'p99_us', 'max_us', 'generator_cpu', 'generator_loop_delay_us'];
  const { series } = load;
  if (requests === null || series === null) return csv([...header, ...times], []);
  const { throughput, latency } = requests;
  return csv(
    [...header, ...times],
    throughput.count.map((count, i) => {
      const at = throughput.from + i * throughput.width;
      const coarse = Math.floor((at - latency.from) / latency.width);
      return [
        at / 1000,
        throughput.width / 1000,
        series.users[i] ?? null,
        count,
        throughput.errors[i] ?? null,
        throughput.lowest[i] ?? null,
        throughput.highest[i] ?? null,
        ...[latency.p50, latency.p95, latency.p99, latency.max].map((column) => column[coarse] ?? null),
        series.cpu[i] ?? null,
        series.loopDelay[i] ?? null,
      ];
    }),
  );
}
