import assert from 'node:assert/strict';
import { test } from 'node:test';
import { npmCache } from './npm-cache.ts';

test('one cache is for all where scripts are held; else each project has one, and commits that are not trusted another', () => {
  const cache = (containment: 'contained' | 'not contained', project: string, isTrusted = true) =>
    npmCache({ dataFolder: '/data', uncontained: ['free'] }, { containment }, { project, isTrusted });
  assert.equal(cache('contained', 'a'), '/data/npm-cache/shared');
  assert.equal(cache('contained', 'b', false), '/data/npm-cache/shared');
  assert.notEqual(cache('contained', 'free'), '/data/npm-cache/shared');
  const open = [cache('not contained', 'a'), cache('not contained', 'b'), cache('not contained', 'a', false)];
  assert.equal(new Set(open).size, 3);
  for (const folder of open) assert.match(folder, /^\/data\/npm-cache\/of-projects\/[0-9a-f]{16}$/);
});
