// Keeps docs/decisions/0002-dependencies.md true: why each package is here stands there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partsOfTheHouse, read } from './architecture/house.ts';

const manifests = [
  JSON.parse(read('package.json')),
  ...partsOfTheHouse().flatMap(({ manifest }) => manifest ?? []),
];
const used = new Set(
  manifests.flatMap(({ dependencies, devDependencies, optionalDependencies, peerDependencies }) =>
    Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies, ...peerDependencies }),
  ),
);
const rows = read('docs/decisions/0002-dependencies.md')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| library'))
  .map((line) => line.split('|').map((cell) => cell.trim()));
const explained = new Set(rows.flatMap(([, names = '']) => names.split(', ')));

test('every package that is used has a row that says why', () => {
  const unexplained = [...used].filter((name) => !name.startsWith('@marteau/') && !explained.has(name));
  assert.deepEqual(unexplained, []);
  for (const [, names, purpose, why] of rows) assert.ok(purpose && why, names);
});

test('every row is of a package that is used', () => {
  assert.deepEqual(
    [...explained].filter((name) => !used.has(name)),
    [],
  );
});
