import { formatBytes, formatCount, formatLatency, formatPercent } from '@marteau/shared/format';
import { type PackedColumns, type PackedData, type PackedReading, unpack } from '../draw/packed.ts';
import type { Column, Curves } from '../draw/panels.ts';

interface Subject {
  name: string;
  kind: string;
  curves: Curves;
}
export interface Data {
  /** ms */
  end: number;
  load: Load;
  /** What the cursor reads in the other charts, by panel. */
  readings: { id: string; columns: Column[] }[];
  /** All requests first, then every label. */
  subjects: Subject[];
}
export interface Load {
  from: number;
  width: number;
  users: number[];
  offered: number[];
  started: number[];
}

/** The numbers behind the timeline, unpacked when they are first needed. */
export function readData(): Data | null {
  const packed: PackedData | null = JSON.parse(document.querySelector('#data')?.textContent ?? 'null');
  if (packed === null) return null;
  const { end, windows } = packed;
  return {
    end,
    load: columns<Load>(packed.load),
    readings: packed.readings.map(({ id, columns: all }) => ({ id, columns: all.map(reading) })),
    subjects: packed.subjects.map(({ name, kind, throughput, latency, rateBounds, latencyBounds }) => ({
      name,
      kind,
      get curves() {
        return {
          end,
          windows,
          throughput: columns<Curves['throughput']>(throughput),
          latency: columns<Curves['latency']>(latency),
          rateBounds,
          latencyBounds,
        };
      },
    })),
  };
}

/** What the server packed by these names. */
function columns<Named>({ from, width, length, ...rest }: PackedColumns): Named {
  const unpacked = Object.entries(rest).map(([name, text]) => [name, unpack(String(text), length)]);
  return { from, width, ...Object.fromEntries(unpacked) };
}

const WORDS: Record<PackedReading['unit'], (value: number | null) => string> = {
  // To a tenth of a per cent: packed numbers are not more exact than that.
  percent: (value) => formatPercent(value === null ? null : Math.round(value * 1000) / 1000),
  latency: formatLatency,
  // Packed numbers end at 7e9, so bytes are packed as kB.
  bytes: (value) => formatBytes(value === null ? null : value * 1000),
  count: formatCount,
};

/** A column that is unpacked when the cursor first comes over it. */
function reading({ name, label, unit, from, width, length, packed }: PackedReading): Column {
  let values: string[] | undefined;
  return {
    name,
    label,
    from,
    width,
    get values() {
      values ??= unpack(packed, length).map(WORDS[unit]);
      return values;
    },
  };
}
