/** Throughput at one concurrency. */
export interface LoadPoint {
  readonly users: number;
  /** Per second. */
  readonly rate: number;
}

/**
 * Gunther's Universal Scalability Law: X(N) = λN / (1 + σ(N - 1) + κN(N - 1)). λ is what a single user gets, σ the
 * share of the work that waits in line, κ the price of keeping everybody consistent.
 */
export interface ScalabilityLaw {
  readonly single: number;
  readonly contention: number;
  readonly coherency: number;
}

type Vector = readonly number[];

/**
 * Fits the law as N/X = a + b(N - 1) + cN(N - 1) with a, b, c ≥ 0: linear, so that weighted least squares over every
 * choice of coefficients that may differ from zero finds the best fit for certain. The weights make its residuals those
 * of the throughput itself, to first order, as the usual non-linear fit has them.
 * @returns null for fewer than three different concurrencies, or where nothing was answered
 */
export function fitScalability(points: readonly LoadPoint[]): ScalabilityLaw | null {
  const usable = points.filter(({ users, rate }) => users >= 1 && rate > 0);
  if (new Set(usable.map(({ users }) => users)).size < 3) return null;
  const rows = usable.map(({ users, rate }) => {
    const y = users / rate;
    const weight = rate / y;
    return { x: [1, users - 1, users * (users - 1)].map((value) => weight * value), y: weight * y };
  });
  let best: { coefficients: Vector; error: number } | null = null;
  for (const active of [[0], [0, 1], [0, 2], [0, 1, 2]]) {
    const solved = leastSquares(
      rows.map(({ x }) => active.map((i) => x[i]!)),
      rows.map(({ y }) => y),
    );
    if (solved === null || solved.some((value) => value < 0)) continue;
    const coefficients = [0, 1, 2].map((i) => solved[active.indexOf(i)] ?? 0);
    const error = rows.reduce((sum, { x, y }) => sum + (y - dot(x, coefficients)) ** 2, 0);
    if (best === null || error < best.error * (1 - 1e-9)) best = { coefficients, error };
  }
  const [a = 0, b = 0, c = 0] = best?.coefficients ?? [];
  return a > 0 ? { single: 1 / a, contention: b / a, coherency: c / a } : null;
}

/** Throughput that the law expects of so many users. */
export function rateAt({ single, contention, coherency }: ScalabilityLaw, users: number): number {
  return (single * users) / (1 + contention * (users - 1) + coherency * users * (users - 1));
}

/** Users beyond which more of them get less done: sqrt((1 - σ) / κ); infinite where nothing speaks for a maximum. */
export function kneeOf({ contention, coherency }: ScalabilityLaw): number {
  if (coherency <= 0) return Number.POSITIVE_INFINITY;
  return Math.sqrt(Math.max(0, 1 - contention) / coherency);
}

function dot(a: Vector, b: Vector): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** Solves the normal equations by elimination with pivots; null where they have no single solution. */
function leastSquares(rows: readonly Vector[], values: Vector): Vector | null {
  const size = rows[0]!.length;
  // Columns of very different size (1 and N²) are brought to one scale first.
  const scale = Array.from(
    { length: size },
    (_, i) => Math.max(...rows.map((row) => Math.abs(row[i]!))) || 1,
  );
  const scaled = rows.map((row) => row.map((value, i) => value / scale[i]!));
  const matrix = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (_, j) => scaled.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
    scaled.reduce((sum, row, k) => sum + row[i]! * values[k]!, 0),
  ]);
  for (let i = 0; i < size; i++) {
    const pivot = matrix
      .slice(i)
      .reduce((best, row) => (Math.abs(row[i]!) > Math.abs(best[i]!) ? row : best));
    if (Math.abs(pivot[i]!) < 1e-12) return null;
    matrix[matrix.indexOf(pivot)] = matrix[i]!;
    matrix[i] = pivot;
    for (let k = 0; k < size; k++) {
      if (k === i) continue;
      const factor = matrix[k]![i]! / pivot[i]!;
      matrix[k] = matrix[k]!.map((value, j) => value - factor * pivot[j]!);
    }
  }
  return matrix.map((row, i) => row[size]! / row[i]! / scale[i]!);
}
