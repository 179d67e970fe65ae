import { MarteauError, nearest } from '@marteau/shared';

/** What was asked for cannot be done as it was written. */
export const wrong = (sentence: string) => new MarteauError('chaos-wrong', { sentence });
/** There is nothing of that name. */
export const unknown = (sentence: string) => new MarteauError('chaos-unknown', { sentence });
/** The name or the port is in use. */
export const taken = (sentence: string) => new MarteauError('chaos-taken', { sentence });

/** "There are: a, b and c. Did you mean b?" */
export function thereAre(what: string, names: readonly string[], written: string): string {
  const near = nearest(written, names);
  return `${what}: ${names.join(', ')}.${near === null ? '' : ` Did you mean ${near}?`}`;
}
