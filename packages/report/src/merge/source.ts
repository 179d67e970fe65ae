import type { Measurements, Source } from '@marteau/measure';

/**
 * Whose figures these are. Of several shares: what each of them judged of its own part is no judgement of the whole, and
 * of the quantiles that each told no one of all follows.
 * @returns null where our own engine measured
 */
export function sourceOf(list: readonly Measurements[]): Source | null {
  const all = list.flatMap(({ source, node }) => (source ? [{ ...source, node }] : []));
  const [first] = all;
  if (first === undefined) return null;
  const { node: _, ...source } = first;
  if (all.length === 1) return source;
  const thresholds = new Set(all.flatMap((one) => one.thresholds.map(({ text }) => text)));
  return {
    ...source,
    title: [...new Set(all.map(({ title }) => title))].join(', '),
    known: all.some(({ known }) => known !== null) ? [] : null,
    exits: all.flatMap(({ node, exits }) => exits.map((exit) => `${node}: ${exit}`)),
    thresholds: [...thresholds].map((text) => ({ text, held: null })),
  };
}
