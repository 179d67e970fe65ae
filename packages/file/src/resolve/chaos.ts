import { parsePercent } from '@marteau/shared';
import type { PartialFile } from '../schema/file.ts';
import { many, mapValues, milliseconds, thresholds } from './readers.ts';
import type { ResolvedFile } from './resolved-file.ts';

type Written = NonNullable<PartialFile['chaos']>;
type Chaos = NonNullable<ResolvedFile['chaos']>;

/** What the proxies do; null when the file says nothing about it. */
export function readChaos(chaos: PartialFile['chaos']): ResolvedFile['chaos'] {
  if (chaos === undefined) return null;
  return {
    seed: chaos.seed ?? null,
    timeline: (chaos.timeline ?? []).map((fault) => readFault(fault, chaos.expect)),
    behaviors: mapValues(chaos.behaviors, readBehaviors),
    expect: readExpect(chaos.expect),
  };
}

function readFault(
  fault: NonNullable<Written['timeline']>[number],
  common: Written['expect'],
): Chaos['timeline'][number] {
  return {
    atMs: milliseconds(fault.at, 0),
    forMs: milliseconds(fault.for, null),
    everyMs: milliseconds(fault.every, null),
    proxy: fault.proxy,
    behavior: fault.behavior,
    options: { ...fault.options },
    probability: parsePercent(fault.probability ?? '100%') ?? 1,
    per: fault.per ?? null,
    direction: fault.direction ?? 'both',
    match: {
      commands: many(fault.match?.command),
      path: fault.match?.path ?? null,
      headers: { ...fault.match?.header },
    },
    expect: readExpect({ ...common, ...fault.expect }),
  };
}

function readExpect(expect: Written['expect']): Chaos['expect'] {
  const errors = expect?.errors === undefined ? [] : thresholds(`errors ${expect.errors}`);
  return { recoverWithinMs: milliseconds(expect?.recoverWithin, null), errors: errors[0] ?? null };
}

function readBehaviors(written: string): { percent: number; behavior: string }[] {
  return written.split(',').map((part) => {
    const [percent = '0', behavior = ''] = part.trim().split(':');
    return { percent: Number(percent), behavior };
  });
}
