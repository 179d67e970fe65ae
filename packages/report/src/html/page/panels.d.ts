/** One stretch of a chart with an axis of its own. Places are per cent of the plot, from its top or its left. */
export interface Panel {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  /** px */
  readonly height: number;
  readonly ticks: readonly Tick[];
  readonly marks: readonly Mark[];
  readonly bounds: readonly Bound[];
  readonly ends: readonly End[];
  readonly columns: readonly Column[];
}
export interface Tick {
  readonly at: number;
  readonly label: string;
}
export interface Mark {
  readonly kind: string;
  readonly name: string;
  readonly path: string;
}
/** A threshold as a line. */
export interface Bound {
  readonly at: number;
  readonly label: string;
  readonly ok: boolean;
}
/** A name beside the end of its line. */
export interface End {
  readonly at: number;
  readonly name: string;
  readonly label: string;
}
/** What the cursor reads, in words. */
export interface Column {
  readonly name: string;
  readonly label: string;
  readonly from: number;
  readonly width: number;
  readonly values: readonly string[];
}
export interface Line {
  readonly value: number;
  readonly label: string;
  readonly ok: boolean;
}
type Values = readonly (number | null)[];
/** What one subject did over time. */
export interface Curves {
  /** ms */
  readonly end: number;
  /** The recorded stretches, ms. */
  readonly windows: readonly { readonly from: number; readonly to: number }[];
  readonly throughput: {
    readonly from: number;
    readonly width: number;
    readonly count: readonly number[];
    readonly errors: readonly number[];
    readonly lowest: readonly number[];
    readonly highest: readonly number[];
    readonly worstErrors: readonly number[];
  };
  readonly latency: {
    readonly from: number;
    readonly width: number;
    readonly p50: Values;
    readonly p95: Values;
    readonly p99: Values;
    readonly max: Values;
  };
  readonly rateBounds: readonly Line[];
  readonly latencyBounds: readonly Line[];
}
export function throughputPanel(curves: Curves, what: string): Panel;
export function errorsPanel(curves: Curves): Panel | null;
export function latencyPanel(curves: Curves): Panel;
export function spreadOut<T extends { readonly at: number }>(ends: readonly T[], gap: number): T[];
