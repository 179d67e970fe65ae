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
