import { formatBytes, formatCount, formatLatency, formatPercent, formatRate } from '@marteau/shared';
import { CLOSED, mainAspect } from './metrics.ts';
import type { Threshold, ThresholdUnit } from './threshold.ts';

/** A value in the unit of a threshold, for a person. */
export function inWords(value: number | null, unit: ThresholdUnit): string {
  switch (unit) {
    case 'us':
      return formatLatency(value);
    case 'ratio':
      return formatPercent(value);
    case 'perSecond':
      return formatRate(value);
    case 'bytes':
      return formatBytes(value);
    case 'bytesPerSecond':
      return value === null ? formatBytes(value) : `${formatBytes(value)}/s`;
    case 'count':
      return formatCount(value);
    case 'score':
      return value === null ? formatCount(value) : value.toFixed(2);
  }
}

const signs = { '<': '<', '<=': '≤', '>': '>', '>=': '≥' } as const;

/** A bound as it was meant, without the zeros that three digits would add: '300 ms', '1.5 s', '1 %'. */
export function boundInWords({ comparison, bound, unit }: Threshold): string {
  const [digits = '', ...rest] = inWords(bound, unit).split(' ');
  const plain = digits.includes('.') && unit !== 'score' ? digits.replace(/\.?0+$/, '') : digits;
  return [signs[comparison], plain, ...rest].join(' ');
}

/** What a threshold is about: 'p95', 'p95 of "GET /cart"'. */
export function subjectInWords(threshold: Threshold): string {
  const { location } = threshold;
  return ofAll(threshold) + (location === undefined ? '' : ` of location "${location}"`);
}

function ofAll({ metric, label, custom, of }: Threshold): string {
  if (of) return ofKind(metric, of, custom);
  if (metric === 'metric') return `metric "${custom}"`;
  if (custom !== null) return `${metric} of metric "${custom}"`;
  return label === null ? metric : `${metric} of "${label}"`;
}

/** 'p95 of ws "chat"', 'p95 of ws "chat" first message', 'closed abnormally'. */
function ofKind(
  metric: string,
  { kind, label }: NonNullable<Threshold['of']>,
  custom: string | null,
): string {
  if (metric === CLOSED && label === null) return metric;
  const whom = label === null ? kind : `${kind} "${label}"`;
  const isMain = custom === mainAspect(kind) || custom === metric;
  return `${metric} of ${whom}${isMain ? '' : ` ${custom}`}`;
}
