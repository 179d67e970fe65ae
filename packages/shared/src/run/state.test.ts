import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canBecome, hasEnded, RunState } from './state.ts';

test('a run that ended stays as it is', () => {
  for (const from of RunState.enum.filter(hasEnded))
    for (const to of RunState.enum) assert.equal(canBecome(from, to), false);
});

test('from every state before the end there is a way to error', () => {
  for (const from of RunState.enum.filter((state) => !hasEnded(state)))
    assert.ok(canBecome(from, 'error'), from);
});

test('a lost attempt goes back to the line', () => {
  assert.ok(canBecome('running', 'waiting'));
  assert.ok(canBecome('preparing', 'queued'));
});
