import { spellDuration } from '../format/duration.ts';
import type { Phase } from './run.ts';

const SECOND_MS = 1000;

/** 'measuring: 10 users (2 of 4), about 1 min 20 s left'. */
export function phaseInWords({ name, detail, leftMs }: Phase): string {
  const what = detail === '' ? name : `${name}: ${detail}`;
  if (leftMs === undefined || leftMs < SECOND_MS) return what;
  return `${what}, about ${spellDuration(Math.ceil(leftMs / SECOND_MS) * SECOND_MS)} left`;
}
