import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outsidePackages } from './outside-packages.ts';

for (const [from, folder, isOutside] of [
  ['file:../lib', '.', true],
  ['file:../lib', 'loadtest', false],
  ['file:../../lib', 'loadtest', true],
  ['../lib-1.0.0.tgz', '.', true],
  ['./lib', '.', false],
  ['link:../lib', '.', true],
  ['file:///home/me/lib', '.', true],
  ['/home/me/lib', '.', true],
  ['~/lib', '.', true],
  ['file:C:\\lib', '.', true],
  ['file:lib/../..', '.', true],
  ['^1.0.0', '.', false],
  ['you/lib', '.', false],
  ['https://example.com/lib.tgz', '.', false],
] as const)
  test(`${from} in ${folder} is ${isOutside ? 'outside' : 'no path out'} of the repository`, () => {
    const found = outsidePackages(JSON.stringify({ dependencies: { lib: from } }), folder);
    assert.deepEqual(found, isOutside ? [{ name: 'lib', from }] : []);
  });

test('what is no package.json takes nothing', () => {
  for (const text of ['', 'null', '[]', '{"dependencies": 7}', '{"dependencies": {"a": 1}}'])
    assert.deepEqual(outsidePackages(text, '.'), []);
});
