import assert from 'node:assert/strict';
import { test } from 'node:test';
import { submitterName } from './submitter.ts';

for (const [kind, id, by, name] of [
  ['anonymous', 'visitor', undefined, 'visitor'],
  ['session', '0af3', undefined, 'visitor'],
  ['session', '0af3', 'Ana', 'Ana'],
  ['email', 'ana@example.com', undefined, 'ana'],
  ['person', 'p1a2b3', 'Ana', 'Ana'],
  ['person', 'p1a2b3', undefined, 'somebody'],
  ['hook', '0123456789abcdef', undefined, ''],
  ['cli', 'ana', undefined, 'ana'],
] as const)
  test(`${kind} ${by ?? id} is ${name || 'nobody'}`, () => {
    assert.equal(submitterName({ submitter: { kind, id }, ...(by && { by }) }), name);
  });
