import type { Threshold } from './threshold.ts';
import { printValue } from './value.ts';

/** A threshold in its canonical form, which `parseThreshold` reads back as the same threshold. */
export function printThreshold(threshold: Omit<Threshold, 'source'>): string {
  const { metric, label, custom, comparison, bound, unit, windowMs, at, duringFaults } = threshold;
  const words = [metric];
  if (metric === 'metric') words.push(quote(custom ?? ''));
  else if (custom !== null) words.push('of metric', quote(custom));
  else if (label !== null) words.push('of', quote(label));
  words.push(comparison, printValue(bound, unit));
  if (windowMs !== null) words.push(`over ${windowMs / 1000}s`);
  if (at !== null)
    words.push('users' in at ? `at ${at.users} users` : `at ${printValue(at.rate, 'perSecond')}`);
  if (duringFaults) words.push('during faults');
  return words.join(' ');
}

function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
