/** The wall clock, ms since 1970, to the microsecond: Date.now() knows whole milliseconds alone. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
