import type { Path } from '../check/path.ts';
import type { Report, Rule } from './rule.ts';

const models = ['users', 'rate', 'traffic', 'pause'];

/** What may stand together in a stage. Looks at names only, so that it also works beside wrong values. */
export const stages: Rule = {
  reads: [],
  check(file, report) {
    const load: unknown = file.load;
    if (Array.isArray(load)) checkStages(load, ['load'], report);
    else if (isMap(load)) {
      for (const [test, stages] of Object.entries(load)) {
        if (Array.isArray(stages)) checkStages(stages, ['load', test], report);
      }
    }
  },
};

function checkStages(stages: unknown[], path: Path, report: Report): void {
  for (const [i, stage] of stages.entries()) if (isMap(stage)) checkStage(stage, [...path, i], report);
  if (stages.length > 0 && stages.every((stage) => isMap(stage) && 'pause' in stage)) {
    report(path, 'these stages are pauses only', 'add a stage with users or a rate');
  }
}

function checkStage(stage: Record<string, unknown>, path: Path, report: Report): void {
  const [first, ...others] = models.filter((model) => model in stage);
  if (first === undefined) {
    report(path, 'this stage has no load', 'write users: 50, rate: 50/s, traffic: FILE.csv, or pause: 30s');
    return;
  }
  for (const other of others) {
    report(
      [...path, other],
      `${other} and ${first} exclude each other in one stage`,
      'make two stages of it',
      'key',
    );
  }
  if (others.length > 0) return;
  const ranged = String(stage[first]).includes('..');
  if (first !== 'pause' && first !== 'traffic' && !('for' in stage) && (!('iterations' in stage) || ranged)) {
    report(
      path,
      'this stage has no end',
      first === 'users' && !ranged ? 'add for: 2m, or iterations: 1000' : 'add for: 2m',
    );
  }
  const misplaced = misplacedFields(first, ranged);
  for (const [field, [what, fix]] of Object.entries(misplaced)) {
    if (field in stage) report([...path, field], what, fix, 'key');
  }
}

/** By field: why it cannot stand in such a stage, and what to do. */
function misplacedFields(model: string, ranged: boolean): Record<string, readonly [string, string]> {
  if (model === 'pause') {
    const fix = 'a pause stands alone; make two stages of it';
    return Object.fromEntries(
      ['for', 'ramp', 'iterations', 'maxUsers', 'arrivals'].map((field) => [
        field,
        [`${field} has no meaning in a pause`, fix],
      ]),
    );
  }
  if (model === 'traffic') {
    return {
      for: ['traffic lasts as long as its file', 'leave out for; each row of the file is a minute'],
      ramp: ['ramp belongs to users', 'leave it out'],
      iterations: ['iterations belong to users', 'the file says how many there are'],
    };
  }
  if (model === 'rate') {
    return {
      ramp: ['ramp belongs to users', 'write the rise into the rate, as in rate: 1/s..50/s'],
      iterations: ['iterations belong to users', 'a rate and its duration say how many there are'],
    };
  }
  const ofRates = {
    maxUsers: ['maxUsers belongs to a rate', 'users: says how many there are'],
    arrivals: ['arrivals belong to a rate', 'write rate: 50/s in place of users'],
  } as const;
  if (!ranged) return ofRates;
  return {
    ...ofRates,
    ramp: ['a range of users is a ramp by itself', 'leave ramp out'],
    iterations: ['iterations need a constant number of users', 'write users: 50, or leave iterations out'],
  };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
