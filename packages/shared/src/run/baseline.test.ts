import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canBeBaseline } from './baseline.ts';

test('others are compared with a run that passed, ran to its end, and as it was planned', () => {
  const run = { verdict: 'pass', stopped: false, kind: 'normal' } as const;
  assert.ok(canBeBaseline(run));
  const pull = { pull: { number: 7 } } as never;
  for (const other of [
    { ...run, verdict: 'fail' as const },
    { ...run, stopped: true },
    { ...run, changed: true },
    { ...run, kind: 'repeat' as const },
    { ...run, cause: pull },
  ])
    assert.ok(!canBeBaseline(other), JSON.stringify(other));
});
