/** A time in which nothing starts by itself. */
export type Quiet = { readonly does: 'delay' | 'skip' } & (
  | {
      /** 0 is Sunday. */
      readonly days: readonly number[];
      /** Minutes since midnight; an end before the beginning is of the next day. */
      readonly from: number;
      readonly to: number;
      readonly zone: string;
    }
  | {
      /** ms since 1970: a freeze, until then. */
      readonly until: number;
    }
);

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const ALL = [0, 1, 2, 3, 4, 5, 6];
const DAY_MINUTES = 1440;
const MINUTE_MS = 60_000;
const LONGEST = 2000;
const EXAMPLE = 'mon-fri 08:00-18:00 Europe/Berlin; sat,sun 10:00-12:00 UTC skip; until 2027-01-04T06:00Z';

/**
 * Reads quiet hours and freezes, with `;` or line ends between: days or none for each day, hours, a zone (UTC unless
 * given), and what is done about runs that would start then: `delay` (as where nothing is said) or `skip`.
 * @throws Error with a sentence
 */
export function parseQuiet(text: string): Quiet[] {
  if (text.length > LONGEST) throw new Error(`Quiet hours take at most ${LONGEST} characters.`);
  return text
    .split(/[;\n]/)
    .map((entry) => entry.trim())
    .filter(Boolean)
    .map(parseOne);
}

function parseOne(entry: string): Quiet {
  const words = entry.split(/\s+/);
  const last = words.at(-1);
  const does = last === 'skip' || last === 'delay' ? last : 'delay';
  if (does === last) words.pop();
  if (words[0] === 'until') {
    const until = Date.parse(words[1] ?? '');
    const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(words[1] ?? '');
    if (words.length === 2 && hasZone && !Number.isNaN(until)) return { until, does };
    throw wrong(entry);
  }
  const days = /^[a-z]/.test(words[0] ?? '') ? parseDays(words.shift() ?? '') : ALL;
  const [, h1, m1, h2, m2] = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(words.shift() ?? '') ?? [];
  const zone = words.shift() ?? 'UTC';
  const [from, to] = [minutesOf(h1, m1), minutesOf(h2, m2)];
  if (days === null || from === null || to === null || from === to || words.length > 0 || !isZone(zone))
    throw wrong(entry);
  return { days, from, to, zone, does };
}

function wrong(entry: string): Error {
  return new Error(`"${entry.slice(0, 80)}" says no quiet hours. They are written so: ${EXAMPLE}.`);
}

/** 'mon-fri', 'sat,sun'; null for what is none. */
function parseDays(text: string): number[] | null {
  const found = text.split(',').flatMap((part) => {
    const [first = -1, last = first] = part.split('-').map((day) => DAYS.indexOf(day));
    if (first < 0 || last < 0) return [-1];
    return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, n) => (first + n) % 7);
  });
  return found.includes(-1) ? null : found;
}

function minutesOf(hours = '', minutes = ''): number | null {
  const [h, m] = [Number(hours), Number(minutes)];
  return hours !== '' && m < 60 && (h < 24 || (h === 24 && m === 0)) ? h * 60 + m : null;
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether it is quiet now, until when (ms), and what is done about what would start: to leave it out counts more than to
 * delay it, and a later end more than an earlier one. @param now ms since 1970
 */
export function quietAt(
  all: readonly Quiet[],
  now: number,
): { readonly until: number; readonly does: Quiet['does'] } | null {
  const active = all.flatMap((quiet) => {
    const until = 'until' in quiet ? quiet.until : endOf(quiet, now);
    return until !== null && until > now ? [{ until, does: quiet.does }] : [];
  });
  const counting = active.some(({ does }) => does === 'skip')
    ? active.filter(({ does }) => does === 'skip')
    : active;
  return counting.toSorted((a, b) => b.until - a.until)[0] ?? null;
}

function endOf(quiet: Extract<Quiet, { from: number }>, now: number): number | null {
  const { days, from, to, zone } = quiet;
  const { day, minute } = localTime(now, zone);
  const isLate = minute >= from && (to > from ? minute < to : true) && days.includes(day);
  const isEarly = to < from && minute < to && days.includes((day + 6) % 7);
  if (!isLate && !isEarly) return null;
  const left = (to - minute + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  return (Math.floor(now / MINUTE_MS) + left) * MINUTE_MS;
}

function localTime(now: number, zone: string): { day: number; minute: number } {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return {
    day: DAYS.indexOf(of('weekday').toLowerCase()),
    minute: Number(of('hour')) * 60 + Number(of('minute')),
  };
}
