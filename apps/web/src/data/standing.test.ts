import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Run } from '@marteau/shared';
import { aRun } from '@marteau/testkit/a-run';
import { canAccept, type Standing } from './standing.ts';

const pull = { cause: { pull: {} } } as unknown as Partial<Run>;
const ended = { ...pull, state: 'finished' } as const;
const decided = (decision: string) => ({ decision }) as Standing['check'];

test('only the head of a pull request that failed, or is worse, can be accepted, once', () => {
  const rows: [string, Partial<Run>, Partial<Standing>, boolean][] = [
    ['failed', { ...ended, verdict: 'fail' }, {}, true],
    ['passed, and is worse', { ...ended, verdict: 'pass' }, { check: decided('worse') }, true],
    ['passed', { ...ended, verdict: 'pass' }, {}, false],
    ['passed, and is compared', { ...ended, verdict: 'pass' }, { check: decided('undecided') }, false],
    ['passed, and is the same', { ...ended, verdict: 'pass' }, { check: decided('same') }, false],
    ['is invalid', { ...ended, verdict: 'invalid' }, {}, false],
    ['runs', { ...pull, state: 'running', verdict: null }, {}, false],
    ['was accepted', { ...ended, verdict: 'fail' }, { acceptedBy: 'Ana' }, false],
    ['is of no pull request', { state: 'finished', verdict: 'fail' }, {}, false],
  ];
  for (const [what, run, standing, expected] of rows)
    assert.equal(canAccept(aRun(run), { check: null, acceptedBy: null, ...standing }), expected, what);
});
