/** How long people think, ms: exponentially distributed about a mean, or log-normally by two of its points. */
export type Thinking = { readonly mean: number } | { readonly median: number; readonly p95: number };

/** Of the normal distribution: 95 % lie below it. */
const Z95 = 1.6448536269514722;

/**
 * A time of such a distribution, ms.
 * @param random returns a number in [0, 1)
 * @throws TypeError where it describes none
 */
export function drawThinking(thinking: Thinking, random: () => number = Math.random): number {
  if (isTime(thinking, 'mean')) return -thinking.mean * Math.log(1 - random());
  if (!isTime(thinking, 'median') || !isTime(thinking, 'p95') || thinking.p95 < thinking.median)
    throw new TypeError(
      `think(${JSON.stringify(thinking)}): write {mean: 2000}, or {median: 1500, p95: 8000}, in milliseconds`,
    );
  const { median, p95 } = thinking;
  return median === 0 ? 0 : median * Math.exp((Math.log(p95 / median) / Z95) * normal(random));
}

function isTime<Name extends string>(value: unknown, name: Name): value is Record<Name, number> {
  const time = (value as Partial<Record<Name, unknown>> | null)?.[name];
  return typeof time === 'number' && time >= 0 && time < Number.POSITIVE_INFINITY;
}

/** A draw of the normal distribution (Box and Muller, 1958). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
