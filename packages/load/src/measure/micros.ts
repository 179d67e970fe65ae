/** Whole µs of ms. */
export function micros(ms: number): number {
  return Math.round(ms * 1000);
}
