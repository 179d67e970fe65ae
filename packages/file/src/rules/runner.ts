import { nearest } from '@marteau/shared';
import { runnerOf } from '../resolve/runner.ts';
import type { Rule } from './rule.ts';

/** Something runs: a script, or a command. What belongs to commands is said of commands. */
export const somethingRuns: Rule = {
  reads: ['script', 'runner', 'command', 'results'],
  check(file, report) {
    const runner = runnerOf(file);
    if (runner === 'command' && file.command === undefined)
      return report(
        ['runner'],
        "runner is 'command', and no command is named",
        'add it, as in command: ./load.sh',
      );
    const isMisspelt = nearest('script', Object.keys(file)) !== null;
    if (runner !== 'command' && file.script === undefined && !isMisspelt)
      report([], "'script' is missing", 'add it, as in script: loadtest/checkout.test.ts');
    if (runner !== 'command') {
      for (const field of ['command', 'results', 'way'] as const) {
        if (file[field] === undefined) continue;
        const what = `${field} belongs to runner: command, and this file has runner: ${runner}`;
        report([field], what, field === 'command' ? 'keep one of them' : 'leave it out', 'key');
      }
    }
    if (file.way !== undefined && file.results !== undefined)
      report(['way'], 'way and results exclude each other', 'keep one of them', 'key');
  },
};

/** What only our own engine can do. */
export const ownEngineAlone: Rule = {
  reads: ['runner', 'command', 'find', 'data', 'test', 'load', 'http', 'arrivals'],
  check(file, report) {
    const runner = runnerOf(file);
    if (runner === 'node-test') return;
    for (const field of ['find', 'data', 'test', 'warmup', 'http', 'arrivals'] as const) {
      if (file[field] === undefined) continue;
      const what = `${field} is for tests of node:test, and this file has runner: ${runner}`;
      report([field], what, 'leave it out', 'key');
    }
    if (Array.isArray(file.load)) {
      for (const [i, stage] of file.load.entries()) {
        for (const [field, is] of [
          ['arrivals', 'are'],
          ['traffic', 'is'],
        ] as const) {
          if (stage?.[field] === undefined) continue;
          const what = `${field} ${is} for tests of node:test, and this file has runner: ${runner}`;
          report(['load', i, field], what, 'leave it out', 'key');
        }
      }
    } else if (typeof file.load === 'string') {
      const what = `traffic is for tests of node:test, and this file has runner: ${runner}`;
      report(['load'], what, 'write a list of stages');
    } else if (file.load !== undefined)
      report(
        ['load'],
        `stages for each test are for tests of node:test, and this file has runner: ${runner}`,
        'write one list of stages',
        'key',
      );
  },
};
