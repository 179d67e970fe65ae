/** Maps a value to 0 (bottom) … 1 (top) and knows where to write numbers. */
export interface Scale {
  readonly isLog: boolean;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  place(value: number): number;
}
export function linearScale(highest: number, wanted?: number): Scale;
export function logScale(lowest: number, highest: number): Scale;
export function latencyScale(values: Iterable<number | null>): Scale;
export function timeTicks(from: number, to: number): number[];
