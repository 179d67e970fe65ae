import { Accumulator } from './accumulator.ts';
import { decodeInto } from './decode.ts';
import type { Histogram } from './histogram.ts';

const shared = new Accumulator();

/** The histogram of all values of all given ones: bucket by bucket, so that nothing is lost or averaged. */
export function addHistograms(histograms: readonly Histogram[]): Histogram {
  const filled = histograms.filter(({ total }) => total > 0);
  if (filled.length === 1) return filled[0]!;
  shared.clear();
  for (const histogram of filled) shared.addHistogram(histogram);
  return shared.take();
}

/**
 * The same of histograms in the compressed V2 encoding, base64; an empty text is an empty histogram.
 * @throws Error when one of them is damaged
 */
export function addEncoded(texts: Iterable<string>): Histogram {
  shared.clear();
  for (const text of texts) decodeInto(text, shared);
  return shared.take();
}
