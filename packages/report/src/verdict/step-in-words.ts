import type { Stage } from '@marteau/shared';

/** 'in step 3 (100 users)', or as little of it as says which step is meant. */
export function stepInWords(step: Stage, all: readonly Stage[]): string {
  if (all.length < 2) return '';
  const unique = all.filter(({ name }) => name === step.name).length === 1;
  return unique ? ` at ${step.name}` : ` in step ${step.index + 1} (${step.name})`;
}
