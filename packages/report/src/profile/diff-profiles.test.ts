import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffProfiles } from './diff-profiles.ts';

test('functions are told by how much their own time of an iteration changed, whatever called them', () => {
  const before = { folded: 'a;b 100\na;c;b 100\na 50\nold 10\nno line', iterations: 100 };
  const after = { folded: 'a;b 900\nc;b 300\na 100', iterations: 200 };
  assert.deepEqual(diffProfiles(before, after), [
    { frame: 'b', before: 2, after: 6 },
    { frame: 'old', before: 0.1, after: 0 },
  ]);
  assert.deepEqual(diffProfiles(before, before), []);
  assert.equal(diffProfiles(before, after, 1).length, 1);
});
