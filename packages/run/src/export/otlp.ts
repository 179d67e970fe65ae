import { type Exponential, SCALE } from './figures.ts';
import { type Format, labelsOf } from './receiver.ts';

const CUMULATIVE = 2;
const NS = 1_000_000n;

/** OpenTelemetry's metrics as JSON over HTTP: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export const otlp: Format = {
  address(written) {
    const url = new URL(written);
    if (url.pathname === '/') url.pathname = '/v1/metrics';
    return url;
  },
  headers: { 'content-type': 'application/json' },
  write(figures, origin, { begun, now }) {
    const times = { startTimeUnixNano: nanos(begun), timeUnixNano: nanos(now) };
    const all = [...figures.labels.values()];
    const of = ({ label, kind, stage }: (typeof all)[number]) =>
      attributes([
        ['label', label],
        ['kind', kind],
        ['stage', stage],
      ]);
    const sum = (name: string, unit: string, points: { value: number; attributes?: object[] }[]) => ({
      name,
      unit,
      sum: {
        aggregationTemporality: CUMULATIVE,
        isMonotonic: true,
        dataPoints: points.map(({ value, attributes: own = [] }) => ({
          ...times,
          attributes: own,
          asInt: String(value),
        })),
      },
    });
    return JSON.stringify({
      resourceMetrics: [
        {
          resource: { attributes: attributes([['service.name', 'marteau'], ...labelsOf(origin)]) },
          scopeMetrics: [
            {
              scope: { name: 'marteau' },
              metrics: [
                {
                  name: 'marteau.load.duration',
                  unit: 's',
                  exponentialHistogram: {
                    aggregationTemporality: CUMULATIVE,
                    dataPoints: all.map((one) => ({
                      ...times,
                      attributes: of(one),
                      ...exponential(one.time),
                    })),
                  },
                },
                sum(
                  'marteau.load.errors',
                  '{error}',
                  all.map((one) => ({ value: one.errors, attributes: of(one) })),
                ),
                sum(
                  'marteau.load.received',
                  'By',
                  all.map((one) => ({ value: one.bytesIn, attributes: of(one) })),
                ),
                sum('marteau.load.iterations', '{iteration}', [{ value: figures.iterations }]),
                sum('marteau.load.failures', '{iteration}', [{ value: figures.failures }]),
                sum('marteau.load.dropped', '{iteration}', [{ value: figures.dropped }]),
                {
                  name: 'marteau.load.users',
                  unit: '{user}',
                  gauge: { dataPoints: [{ timeUnixNano: times.timeUnixNano, asInt: String(figures.users) }] },
                },
              ],
            },
          ],
        },
      ],
    });
  },
};

/** Their buckets are counted by the lower bound, ours by the upper. */
function exponential({ count, sum, buckets }: Exponential) {
  const indexes = [...buckets.keys()];
  const first = Math.min(...indexes);
  const length = indexes.length === 0 ? 0 : Math.max(...indexes) - first + 1;
  return {
    count: String(count),
    sum,
    scale: SCALE,
    zeroCount: '0',
    positive: {
      offset: length === 0 ? 0 : first - 1,
      bucketCounts: Array.from({ length }, (_, i) => String(buckets.get(first + i) ?? 0)),
    },
  };
}

function attributes(pairs: readonly [string, string][]): object[] {
  return pairs.map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

function nanos(ms: number): string {
  return String(BigInt(Math.round(ms)) * NS);
}
