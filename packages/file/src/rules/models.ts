import { nearest } from '@marteau/shared';
import type { Rule } from './rule.ts';

/** `test` picks one of the tests to which `load` gives stages. */
export const knownTest: Rule = {
  reads: ['test'],
  check({ test, load }, report) {
    if (test === undefined || typeof load !== 'object' || Array.isArray(load) || Object.hasOwn(load, test))
      return;
    const near = nearest(test, Object.keys(load));
    const there = `load has stages for ${Object.keys(load).join(', ')}`;
    report(
      ['test'],
      `load has no stages for the test '${test}'`,
      near === null ? there : `did you mean '${near}'?`,
    );
  },
};

/** One file, one model of load; one target or several. */
export const oneModel: Rule = {
  reads: [],
  check(file, report) {
    const models = (['cycles', 'load', 'find'] as const).filter((model) => file[model] !== undefined);
    const [first, ...others] = models;
    for (const other of others) {
      report([other], `${other} and ${first} exclude each other`, 'keep one of them', 'key');
    }
    const stages = first === 'load' || first === 'find' ? first : undefined;
    if (stages && !models.includes('cycles')) {
      for (const field of ['duration', 'ramp'] as const) {
        if (file[field] === undefined) continue;
        const inside = stages === 'load' && field === 'ramp' ? 'ramp:' : 'for:';
        report(
          [field],
          `${field} belongs to cycles, and this file has ${stages}`,
          `write ${inside} inside ${stages === 'load' ? 'each stage' : 'find'}`,
          'key',
        );
      }
    }
    if (file.target !== undefined && file.targets !== undefined) {
      report(['targets'], 'target and targets exclude each other', 'keep one of them', 'key');
    }
  },
};
