import { Cron } from 'croner';

/** Times of a schedule: `cron` with five fields, in a zone; UTC without one. */
export interface Times {
  readonly cron: string;
  readonly zone?: string | undefined;
}

/** @param after ms since 1970 @returns the first moment after it, ms; null where none comes @throws Error for what is no schedule */
export function nextTime(times: Times, after: number): number | null {
  return nextTimes(times, after, 1)[0] ?? null;
}

/** The next moments, ms since 1970; fewer where no more come. @throws Error for what is no schedule */
export function nextTimes({ cron, zone = 'UTC' }: Times, after: number, count: number): number[] {
  const clock = new Cron(cron, { mode: '5-part', timezone: zone, paused: true });
  return clock.nextRuns(count, new Date(after)).map((moment) => moment.getTime());
}
