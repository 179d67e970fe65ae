import { formatRelativeTime } from '@marteau/shared';

export interface Moment {
  iso: string;
  /** '3 min ago' */
  ago: string;
  /** '2026-11-21 09:30:00 UTC' */
  exact: string;
}

/** An instant as templates show it; null where it has not come yet or is not a time. */
export function moment(instant: string | null, now: number): Moment | null {
  if (instant === null) return null;
  const at = Date.parse(instant);
  if (Number.isNaN(at)) return null;
  const iso = new Date(at).toISOString();
  return { iso, ago: formatRelativeTime(at, now), exact: `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC` };
}
