import type { Line } from './panels.ts';

/** The numbers behind the charts over time as the page carries them. */
export interface PackedData {
  /** ms */
  end: number;
  windows: { from: number; to: number }[];
  load: PackedColumns;
  /** What the cursor reads, by panel. */
  readings: { id: string; columns: PackedReading[] }[];
  subjects: {
    name: string;
    kind: string;
    throughput: PackedColumns;
    latency: PackedColumns;
    rateBounds: readonly Line[];
    latencyBounds: readonly Line[];
  }[];
}

/** Columns of one length, each packed, by their names. */
export type PackedColumns = Intervals & { [name: string]: string | number };

export interface PackedReading extends Intervals {
  name: string;
  label: string;
  unit: Unit;
  packed: string;
}

/** ms */
interface Intervals {
  from: number;
  width: number;
  length: number;
}

/** Of bytes, kB are packed: packed numbers end at 7e9. */
export type Unit = 'percent' | 'latency' | 'bytes' | 'count';

/** What one step of a packed number is worth: a factor of 2^(1/2000), 0.035 %. */
const STEPS_PER_OCTAVE = 2000;

/**
 * Reads columns of numbers from their packed form: 16 bits each on a logarithmic scale, 0 for "no value", base64.
 * The empty string is a column of zeros.
 */
export function unpack(packed: string, length: number): (number | null)[] {
  if (packed === '') return new Array(length).fill(0);
  const bytes = atob(packed);
  return Array.from({ length }, (_, i) => {
    const code = bytes.charCodeAt(2 * i) + 256 * bytes.charCodeAt(2 * i + 1);
    return code === 0 ? null : 2 ** ((code - 1) / STEPS_PER_OCTAVE) - 1;
  });
}

/** @param values 0 … 7e9 */
export function pack(values: readonly (number | null)[]): string {
  if (values.every((value) => value === 0)) return '';
  let bytes = '';
  for (const value of values) {
    const steps = value === null ? 0 : 1 + Math.round(Math.log2(1 + Math.max(0, value)) * STEPS_PER_OCTAVE);
    const code = Math.min(65_535, steps);
    bytes += String.fromCharCode(code % 256, Math.floor(code / 256));
  }
  return btoa(bytes);
}
