import { type Exponential, SCALE } from './figures.ts';
import { bytes, double, type Field, integer, message, packed, text, zigzag } from './protobuf.ts';
import { type Format, labelsOf } from './receiver.ts';
import { snappy } from './snappy.ts';

/** Prometheus' remote write 1.0 with native histograms: https://prometheus.io/docs/specs/prw/remote_write_spec/ */
export const remoteWrite: Format = {
  address: (written) => new URL(written),
  headers: {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
  },
  write(figures, origin, { now }) {
    const common: [string, string][] = [['job', 'marteau'], ...labelsOf(origin)];
    const series = (name: string, own: [string, string][], value: Field) =>
      message(1, [...sorted([['__name__', name], ...common, ...own]).map(label), value]);
    const sample = (value: number) => message(2, [double(1, value), integer(2, Math.round(now))]);
    const perLabel = [...figures.labels.values()].flatMap(({ label, kind, stage, time, errors, bytesIn }) => {
      const own: [string, string][] = [
        ['label', label],
        ['kind', kind],
        ['stage', stage],
      ];
      return [
        series('marteau_load_duration_seconds', own, message(4, histogram(time, now))),
        series('marteau_load_errors_total', own, sample(errors)),
        series('marteau_load_received_bytes_total', own, sample(bytesIn)),
      ];
    });
    return snappy(
      Buffer.concat([
        ...perLabel,
        series('marteau_load_users', [], sample(figures.users)),
        series('marteau_load_iterations_total', [], sample(figures.iterations)),
        series('marteau_load_failures_total', [], sample(figures.failures)),
        series('marteau_load_dropped_total', [], sample(figures.dropped)),
      ]),
    );
  },
};

const label = ([name, value]: readonly [string, string]): Field =>
  message(1, [text(1, name), text(2, value)]);

/** As the protocol has it: by their names. */
function sorted(labels: [string, string][]): [string, string][] {
  return labels.filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Buckets as spans of neighbours and the differences of their counts. */
function histogram({ count, sum, buckets }: Exponential, now: number): Field[] {
  const spans: { offset: number; length: number }[] = [];
  const deltas: number[] = [];
  let [end, before]: [number | null, number] = [null, 0];
  for (const [index, value] of [...buckets].sort(([a], [b]) => a - b)) {
    if (end !== index) spans.push({ offset: end === null ? index : index - end, length: 0 });
    spans.at(-1)!.length++;
    deltas.push(value - before);
    before = value;
    end = index + 1;
  }
  return [
    integer(1, count),
    double(3, sum),
    integer(4, zigzag(SCALE)),
    double(5, 0),
    integer(6, 0),
    ...spans.map(({ offset, length }) => message(11, [integer(1, zigzag(offset)), integer(2, length)])),
    ...(deltas.length > 0 ? [packed(12, deltas.map(zigzag))] : [bytes(12, new Uint8Array(0))]),
    integer(15, Math.round(now)),
  ];
}
