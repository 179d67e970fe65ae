/** A benchmark compares Marteau with its peers in one run. Programs, not tests. */
export interface Bench {
  name: string;
  /** One line for the list. */
  about: string;
  /** What the ratios are held against. A goal without a must is a must. */
  goals: Record<string, Goal>;
  run(context: BenchContext): Promise<Measured>;
  /**
   * What `--against` compares instead of the ratios: a short round of Marteau alone, in the version that lies in a
   * folder. It takes from there what touches the product, and the rest from beside itself.
   */
  round?(context: RoundContext): Promise<Row[]>;
}

export interface RoundContext extends Pick<BenchContext, 'say'> {
  /** The folder of the version that is measured. */
  tree: string;
}

export interface Goal {
  /** Whether the figure is to stay below or above its bounds. */
  better: 'lower' | 'higher';
  goal: number;
  must?: number;
}

export interface BenchContext {
  /** How many rounds a figure is the median of; at least 5. */
  rounds: number;
  /** Says what is being measured, for whoever waits. */
  say(line: string): void;
}

export interface Row {
  case: string;
  metric: string;
  value: number;
  unit: string;
}

export interface Measured {
  rows: Row[];
  /** Name to figure; the names are those of `goals`. */
  ratios: Record<string, number>;
}

/** The middle value; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
