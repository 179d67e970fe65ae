import { NOTHING, trimZeros } from './digits.ts';

const unitMs = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
type Unit = keyof typeof unitMs;

const PART = /(\d+(?:\.\d+)?)\s*(ms|[dhms])\s*/y;

/**
 * Milliseconds of a duration as people write it: '2m', '30s', '1h30m', '500ms', and plain numbers of seconds (120,
 * '120'). Units go from large to small, each once. Null for anything else.
 */
export function parseDuration(written: string | number): number | null {
  const text = String(written).trim();
  if (/^\d+(\.\d+)?$/.test(text)) return toMs(Number(text) * unitMs.s);
  const order = Object.keys(unitMs);
  let ms = 0;
  let last = -1;
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const found = PART.exec(text);
    if (!found) return null;
    const unit = found[2] as Unit;
    if (order.indexOf(unit) <= last) return null;
    last = order.indexOf(unit);
    ms += Number(found[1]) * unitMs[unit];
  }
  return last === -1 ? null : toMs(ms);
}

function toMs(ms: number): number | null {
  return Number.isFinite(ms) ? Math.round(ms * 1000) / 1000 : null;
}

/** A duration for tables and steppers: '820 ms', '1.5s', '14s', '2m 14s', '1h 2m', '3d 4h'. */
export function formatDuration(milliseconds: number | null): string {
  if (milliseconds === null || !Number.isFinite(milliseconds)) return NOTHING;
  return parts(milliseconds)
    .map(([count, unit]) => (unit === 'ms' ? `${count} ms` : `${count}${unit}`))
    .join(' ');
}

const words = { d: 'd', h: 'h', m: 'min', s: 's', ms: 'ms' } as const;

/** A duration for sentences: '2 min', '30 s', '1 h 30 min'. */
export function spellDuration(milliseconds: number | null): string {
  if (milliseconds === null || !Number.isFinite(milliseconds)) return NOTHING;
  return parts(milliseconds)
    .map(([count, unit]) => `${count} ${words[unit]}`)
    .join(' ');
}

/** The two largest units of a duration; tenths of a second only below ten seconds. */
function parts(milliseconds: number): [count: string, unit: Unit][] {
  const ms = Math.max(0, milliseconds);
  if (ms > 0 && ms < 999.5) return [[trimZeros(ms.toFixed(ms < 10 ? 1 : 0)), 'ms']];
  const tenths = Math.round(ms / 100);
  if (tenths < 100) return [[trimZeros((tenths / 10).toFixed(1)), 's']];
  const seconds = Math.round(ms / unitMs.s);
  const minutes = Math.floor(seconds / 60);
  if (seconds < 3600) return two(minutes, 'm', seconds % 60, 's');
  const hours = Math.floor(Math.round(ms / unitMs.m) / 60);
  if (hours < 24) return two(hours, 'h', Math.round(ms / unitMs.m) % 60, 'm');
  const allHours = Math.round(ms / unitMs.h);
  return two(Math.floor(allHours / 24), 'd', allHours % 24, 'h');
}

function two(a: number, unitA: Unit, b: number, unitB: Unit): [string, Unit][] {
  const both: [number, Unit][] = [
    [a, unitA],
    [b, unitB],
  ];
  return both.filter(([count]) => count > 0).map(([count, unit]) => [String(count), unit]);
}

const steps: readonly (readonly [below: number, size: number, unit: string, plural?: string])[] = [
  [60_000, 1_000, 's'],
  [3_600_000, 60_000, 'min'],
  [86_400_000, 3_600_000, 'h'],
  [30 * 86_400_000, 86_400_000, 'day', 'days'],
  [365 * 86_400_000, 30 * 86_400_000, 'month', 'months'],
  [Number.POSITIVE_INFINITY, 365 * 86_400_000, 'year', 'years'],
];

/** How long ago (or ahead) a moment is, both in ms since 1970: 'just now', '3 min ago', '2 days ago', 'in 5 s'. */
export function formatRelativeTime(then: number, now: number): string {
  const distance = Math.abs(now - then);
  if (!Number.isFinite(distance)) return '–';
  if (distance < 1_000) return 'just now';
  const [, size, unit, plural] = steps.find(([below]) => distance < below) ?? steps[0]!;
  const count = Math.floor(distance / size);
  const text = `${count} ${count === 1 ? unit : (plural ?? unit)}`;
  return then > now ? `in ${text}` : `${text} ago`;
}
