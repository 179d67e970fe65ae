import { UnreadableConsent } from './document.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const DAY_MINUTES = 24 * 60;
const PATTERN = /^(?:([A-Za-z,-]+) +)?(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2}) +([A-Za-z][A-Za-z0-9_+/-]*)$/;

/** Times of the week, by the clocks of one zone. */
export interface Hours {
  /** 0 is Monday. */
  readonly days: readonly number[];
  /** Minutes since midnight; `to` at or before `from` is of the next day. */
  readonly from: number;
  readonly to: number;
  readonly zone: string;
}

/**
 * Reads `Mon-Fri 08:00-18:00 Europe/Berlin`, `Sat,Sun 00:00-24:00 UTC`, `22:00-06:00 UTC` (each day).
 * @throws UnreadableConsent
 */
export function parseHours(text: string): Hours {
  const [, days, ...rest] = PATTERN.exec(text.trim()) ?? [];
  const zone = rest.at(-1);
  if (zone === undefined)
    throw new UnreadableConsent(
      `has the hours "${text}", which are not written like "Mon-Fri 08:00-18:00 Europe/Berlin"`,
    );
  const [fromHour, fromMinute, toHour, toMinute] = rest.slice(0, 4).map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const [from, to] = [fromHour * 60 + fromMinute, toHour * 60 + toMinute];
  if (Math.max(fromMinute, toMinute) > 59 || from >= DAY_MINUTES || to > DAY_MINUTES || from === to)
    throw new UnreadableConsent(`has the hours "${text}", which are no times of a day`);
  return {
    days: days === undefined ? DAYS.map((_, index) => index) : parseDays(days, text),
    from,
    to,
    zone: known(zone),
  };
}

/** Whether they are at a moment, ms since 1970. */
export function isWithin({ days, from, to, zone }: Hours, at: number): boolean {
  const { day, minute } = clockOf(zone, at);
  const isOvernight = to <= from;
  if (days.includes(day) && minute >= from && (isOvernight || minute < to)) return true;
  return isOvernight && days.includes((day + 6) % 7) && minute < to;
}

function parseDays(text: string, hours: string): number[] {
  return text.split(',').flatMap((part) => {
    const [first, last = first] = part
      .split('-')
      .map((name) => DAYS.findIndex((day) => day.toLowerCase() === name.toLowerCase()));
    if (first === undefined || last === undefined || Math.min(first, last) < 0)
      throw new UnreadableConsent(
        `has the hours "${hours}", whose days are not written like Mon-Fri or Sat,Sun`,
      );
    return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, index) => (first + index) % 7);
  });
}

function known(zone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    throw new UnreadableConsent(`has hours in the time zone "${zone}", which is none (Europe/Berlin is one)`);
  }
}

function clockOf(zone: string, at: number): { day: number; minute: number } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return { day: DAYS.indexOf(parts.weekday!), minute: Number(parts.hour) * 60 + Number(parts.minute) };
}
