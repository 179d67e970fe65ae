import { parsePercent } from '@marteau/shared';
import type { PartialFile } from '../schema/file.ts';
import { mapValues, milliseconds, thresholds } from './readers.ts';
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
  { at, for: length, every, proxy, expect, ...setting }: NonNullable<Written['timeline']>[number],
  common: Written['expect'],
): Chaos['timeline'][number] {
  return {
    atMs: milliseconds(at, 0),
    forMs: milliseconds(length, null),
    everyMs: milliseconds(every, null),
    proxy,
    setting: { ...setting, probability: parsePercent(setting.probability ?? '100%') ?? 1 },
    expect: readExpect({ ...common, ...expect }),
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
