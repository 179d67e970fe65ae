import { parseRate } from '@marteau/shared';

/** From one load to another; both the same where it is constant. */
export interface Range {
  from: number;
  to: number;
}

const MOST_USERS = 10_000_000;
const MOST_CYCLES = 100;

/** Users per cycle, of '10:20:30:100'. Null when it is none, or more than 100 cycles. */
export function parseCycles(written: string): number[] | null {
  const users = written.trim().split(':').map(parseUsers);
  if (users.length > MOST_CYCLES) return null;
  return users.every((count) => count !== null) ? users : null;
}

/** Users, of '100', '1..100' or '100..0'; never 0 all the time. */
export function parseUserRange(written: string): Range | null {
  const users = range(written, (text) => (/^\s*0\s*$/.test(text) ? 0 : parseUsers(text)));
  return users && Math.max(users.from, users.to) > 0 ? users : null;
}

/** Per second, of '50/s' or '50/s..500/s'; never 0 all the time. */
export function parseRateRange(written: string): Range | null {
  const rates = range(written, parseRate);
  return rates && Math.max(rates.from, rates.to) > 0 ? rates : null;
}

function parseUsers(written: string): number | null {
  const text = written.trim();
  if (!/^\d{1,9}$/.test(text)) return null;
  const users = Number(text);
  return users >= 1 && users <= MOST_USERS ? users : null;
}

function range(written: string, parse: (text: string) => number | null): Range | null {
  const [first = '', second, ...more] = written.split('..');
  const from = parse(first);
  const to = second === undefined ? from : parse(second);
  return from === null || to === null || more.length > 0 ? null : { from, to };
}
