import { tProbability } from '../comparison/student-t.ts';

/** From this value on the level is another one. */
export interface ChangePoint {
  readonly index: number;
  /** Geometric means of the runs before and after. */
  readonly before: number;
  readonly after: number;
  /** after / before - 1 */
  readonly change: number;
}

/** A split that is worth looking at; most of them are merged again. */
const WORTH_ALOOK = 0.2;
/** What stays must be as unlikely as this by chance, and as large as this. */
const LEVEL = 0.001;
const smallest = Math.log(1.05);
/** The fewest values that are a level of their own. */
const SHORTEST = 3;

/**
 * Where the level of a figure changed: E-divisive splits (D. Matteson and N. James, 2014) by the energy distance,
 * a t-test in place of permutations, and weak points merged from below (P. Kołaczkowski et al., Hunter, 2023).
 * @param values in the order of time, all above 0; they are compared on a log scale
 */
export function changePoints(values: readonly number[]): ChangePoint[] {
  const logs = values.map(Math.log);
  const cuts = [0, ...splits(logs, 0, logs.length), logs.length];
  for (;;) {
    const weak = weakest(logs, cuts);
    if (weak === null) break;
    cuts.splice(weak, 1);
  }
  return cuts.slice(1, -1).map((index, i) => {
    const before = Math.exp(mean(logs.slice(cuts[i], index)));
    const after = Math.exp(mean(logs.slice(index, cuts[i + 2])));
    return { index, before, after, change: after / before - 1 };
  });
}

/** Splits again and again where the two sides differ most, as long as they might differ. */
function splits(logs: readonly number[], from: number, to: number): number[] {
  const at = bestSplit(logs, from, to);
  if (at === null || probability(logs.slice(from, at), logs.slice(at, to)) > WORTH_ALOOK) return [];
  return [...splits(logs, from, at), at, ...splits(logs, at, to)];
}

/**
 * The split with the largest energy distance, (mn / (m + n)) (2 E|X - Y| - E|X - X'| - E|Y - Y'|). Moving the split by
 * one value changes three sums of distances, so all splits take as long as one table of distances.
 */
function bestSplit(logs: readonly number[], from: number, to: number): number | null {
  const count = to - from;
  if (count < 2 * SHORTEST) return null;
  const distance = (i: number, j: number) => Math.abs(logs[from + i]! - logs[from + j]!);
  let [within, beyond, across] = [0, 0, 0];
  for (let i = 0; i < count; i++) for (let j = i + 1; j < count; j++) beyond += distance(i, j);
  let best: { at: number; energy: number } | null = null;
  for (let m = 1; m < count; m++) {
    let [toLeft, toRight] = [0, 0];
    for (let j = 0; j < count; j++) {
      if (j < m - 1) toLeft += distance(m - 1, j);
      else if (j > m - 1) toRight += distance(m - 1, j);
    }
    within += toLeft;
    beyond -= toRight;
    across += toRight - toLeft;
    const n = count - m;
    if (m < SHORTEST || n < SHORTEST) continue;
    const means = (2 * across) / (m * n) - (2 * within) / (m * (m - 1)) - (2 * beyond) / (n * (n - 1));
    const energy = ((m * n) / count) * means;
    if (best === null || energy > best.energy) best = { at: from + m, energy };
  }
  return best?.at ?? null;
}

/** The cut that stands least; null when all of them stand. */
function weakest(logs: readonly number[], cuts: readonly number[]): number | null {
  let found: { cut: number; probability: number } | null = null;
  for (let i = 1; i < cuts.length - 1; i++) {
    const [left, right] = [logs.slice(cuts[i - 1], cuts[i]), logs.slice(cuts[i], cuts[i + 1])];
    const isSmall = Math.abs(mean(right) - mean(left)) < smallest;
    const chance = isSmall ? 1 : probability(left, right);
    if (chance >= LEVEL && (found === null || chance > found.probability))
      found = { cut: i, probability: chance };
  }
  return found?.cut ?? null;
}

/** Student's two-sided t-test of two rows of runs with one variance: that of a row of three is none of its own. */
function probability(left: readonly number[], right: readonly number[]): number {
  const freedom = left.length + right.length - 2;
  const squares = spread(left) + spread(right);
  const error = Math.sqrt((squares / freedom) * (1 / left.length + 1 / right.length));
  const difference = Math.abs(mean(right) - mean(left));
  if (error === 0) return difference === 0 ? 1 : 0;
  return 2 * (1 - tProbability(difference / error, freedom));
}

function spread(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
