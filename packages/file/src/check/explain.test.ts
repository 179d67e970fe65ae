import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Value } from 'typebox/value';
import { MarteauFile } from '../schema/file.ts';
import { schemaPaths } from '../schema/schema-paths.fixture.ts';
import { explain } from './explain.ts';

const values = [
  ...[
    '',
    ' ',
    'x',
    'a.ts',
    '5',
    '5/s',
    '2m',
    'x'.repeat(101),
    'x'.repeat(5000),
    ' '.repeat(9000),
    '9'.repeat(9000),
  ],
  ...[0, 1, -1, 0.5, 1e10, 1e21, true, false, null],
  ...[[], [''], ['x'], [1], [[]], [{}], Array(600).fill('x')],
  ...[
    {},
    { a: '' },
    { a: 1 },
    { a: {} },
    { 'a b': 'x' },
    { count: 1 },
    Object.fromEntries(Array(201).entries()),
  ],
];

describe('what is explained as right, the schema accepts', () => {
  for (const [path, schema] of [...schemaPaths(), ['(the file)', MarteauFile] as const]) {
    test(path, () => {
      for (const value of values) {
        if (explain(schema, value).length > 0) continue;
        assert.ok(Value.Check(schema, value), JSON.stringify(value).slice(0, 80));
      }
    });
  }
});

test('what the schema refuses is explained for each of its keywords', () => {
  const rows: [unknown, string][] = [
    [{ script: '' }, 'script is empty, not a test file'],
    [{ script: 'a.ts', wdir: '' }, 'wdir is empty, not a path in the repository'],
    [{ script: 'a.ts', name: 'x'.repeat(101) }, 'name has 101 letters'],
    [{ script: 'a.ts', env: { A: 'x'.repeat(8193) } }, 'env.A has 8193 letters'],
    [{ script: 'a.ts', duration: ' '.repeat(5000) }, 'duration has 5000 letters'],
    [{ script: 'a.ts', deps: Array(501).fill('jose') }, 'deps has 501 entries'],
    [{ script: 'a.ts', email: [] }, 'email is empty'],
    [{ script: 'a.ts', email: Array(11).fill('a@b.cd') }, 'email has 11 entries'],
    [{ script: 'a.ts', load: {} }, 'load is empty'],
    [{ script: 'a.ts', nodes: 1001 }, 'nodes is 1001'],
    [{ script: 'a.ts', nodes: 1.5 }, 'nodes is 1.5, not a whole number'],
  ];
  for (const [value, what] of rows) assert.equal(explain(MarteauFile, value)[0]?.what, what);
});
