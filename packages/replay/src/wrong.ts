import { MarteauError } from '@marteau/shared';

/** A tape that cannot be read. */
export const tapeWrong = (sentence: string, options?: ErrorOptions) =>
  new MarteauError('tape-wrong', { sentence }, options);
/** What was asked for cannot be done as it was written. */
export const wrong = (sentence: string) => new MarteauError('replay-wrong', { sentence });
