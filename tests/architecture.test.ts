// Keeps docs/architecture.md, "What may import what", true.
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { partsOfTheHouse, read, sourcesOf } from './architecture/house.ts';
import { circlesOf } from './architecture/import-circles.ts';
import { refusal } from './architecture/import-rule.ts';
import { importsOf } from './architecture/import-scan.ts';
import { parseImportTable } from './architecture/import-table.ts';

const table = parseImportTable(read('docs/architecture.md'));
const parts = partsOfTheHouse();
const partOf = new Map(parts.flatMap(({ name, manifest }) => (manifest ? [[manifest.name, name]] : [])));

test('every part of the house has a row, and every row a part', () => {
  assert.deepEqual([...table.keys()].sort(), parts.map(({ name }) => name).sort());
  for (const { ours } of table.values()) {
    for (const name of ours) assert.ok(name === '*' || table.has(name), `the table knows no ${name}`);
  }
});

for (const part of parts) {
  test(`${part.folder} imports what the table lets it`, () => {
    const refused = sourcesOf(part).flatMap((importer) =>
      importsOf(importer.file, read(importer.file)).flatMap(
        (name) => refusal(importer, name, table, partOf) ?? [],
      ),
    );
    assert.deepEqual(refused, []);
  });
}

for (const part of parts) {
  if (!part.manifest) continue;
  const { dependencies, optionalDependencies, peerDependencies, devDependencies } = part.manifest;
  test(`${part.folder}/package.json depends on what the table lets it`, () => {
    const needs = (file: string, names: object) =>
      Object.keys(names).flatMap(
        (name) => refusal({ file, part: part.name, folder: part.folder }, name, table, partOf) ?? [],
      );
    assert.deepEqual(
      [
        ...needs('dependencies', { ...dependencies, ...optionalDependencies, ...peerDependencies }),
        ...needs('devDependencies.test.ts', devDependencies ?? {}),
      ],
      [],
    );
  });
}

/** Parts whose files still import each other in circles, types included. No other may begin to. */
const WITH_CIRCLES = ['load', 'measure', 'report', 'store', 'bench'];

for (const part of parts.filter(({ name }) => !WITH_CIRCLES.includes(name))) {
  test(`no files of ${part.folder} import each other in a circle`, () => {
    const imports = sourcesOf(part).map(({ file }): [string, string[]] => [
      file,
      importsOf(file, read(file))
        .filter((name) => name.startsWith('.'))
        .map((name) => join(dirname(file), name)),
    ]);
    assert.deepEqual(circlesOf(new Map(imports)), []);
  });
}

describe('the rules themselves', () => {
  test('circles are found, wherever one begins', () => {
    const found = (imports: Record<string, string[]>) => circlesOf(new Map(Object.entries(imports)));
    assert.deepEqual(found({ a: ['b', 'c'], b: ['c'], c: [] }), []);
    assert.deepEqual(found({ a: ['a'] }), [['a']]);
    assert.deepEqual(found({ a: ['b'], b: ['c', 'd'], c: ['b'], d: ['e'], e: ['f'], f: ['d', 'outside'] }), [
      ['d', 'e', 'f'],
      ['b', 'c'],
    ]);
  });

  test('the table is read from Markdown', () => {
    const markdown = [
      'Text.',
      '| may import | of ours | from outside |',
      '|---|---|---|',
      '| a, b | nothing | node:*, @x/* |',
      '| scripts | anything | anything |',
      '',
      '| c | d | e |',
    ].join('\n');
    assert.deepEqual(Object.fromEntries(parseImportTable(markdown)), {
      a: { ours: [], outside: ['node:*', '@x/*'] },
      b: { ours: [], outside: ['node:*', '@x/*'] },
      scripts: { ours: ['*'], outside: ['*'] },
    });
    assert.throws(() => parseImportTable('# Nothing'), /has no table/);
  });

  test('every way to name a module is found, and text that only looks like one is not', () => {
    const source = `
      import a, { b } from 'static';
      import type { C } from 'type-only';
      import 'for-its-effect';
      import data from './data.json' with { type: 'json' };
      export { d } from 're-export';
      export type * from 'type-re-export';
      const e = await import('dynamic');
      const f = await import(\`template\`);
      type G = import('type-expression').G<typeof import('typeof-expression')>;
      const h = require('require'), i = import.meta.resolve('resolve');
      // import 'comment';
      const text = "import 'text'";
      const computed = await import(a + '.ts');
    `;
    assert.deepEqual(importsOf('sample.ts', source), [
      'static',
      'type-only',
      'for-its-effect',
      './data.json',
      're-export',
      'type-re-export',
      'dynamic',
      'template',
      'type-expression',
      'typeof-expression',
      'require',
      'resolve',
    ]);
    assert.throws(() => importsOf('sample.ts', 'import {'), /sample\.ts cannot be parsed/);
  });

  const cases: { imports: string; from?: string; refused?: RegExp }[] = [
    { imports: '@marteau/shared' },
    { imports: '@marteau/launch', refused: /web may not import launch/ },
    { imports: '@marteau/launch', from: 'src/a.test.ts', refused: /web may not import launch/ },
    { imports: '@marteau/web', refused: /web may not import web/ },
    { imports: '@marteau/testkit', refused: /web may not import testkit/ },
    { imports: '@marteau/testkit', from: 'src/a.test.ts' },
    { imports: 'fast-check', refused: /web may not import fast-check/ },
    { imports: 'fast-check', from: 'src/fixtures/a.ts' },
    { imports: 'node:fs/promises' },
    { imports: 'fs', refused: /web may not import fs/ },
    { imports: 'fastify' },
    { imports: '@fastify/cookie/plugin.js' },
    { imports: 'express', refused: /web may not import express/ },
    { imports: './b.ts' },
    { imports: '../b.ts', from: 'src/deep/a.ts' },
    { imports: '../../worker/src/b.ts', refused: /leaves apps\/web/ },
    { imports: '../../webmail/b.ts', refused: /leaves apps\/web/ },
    { imports: '/assets/b.js', from: 'public/a.js' },
    { imports: '/assets/b.js', refused: /web may not import/ },
  ];
  for (const { imports, from = 'src/a.ts', refused } of cases) {
    test(`${from} of web ${refused ? 'may not' : 'may'} import ${imports}`, () => {
      const sample = parseImportTable(
        '| may import | of ours | from outside |\n|---|---|---|\n| web | shared | node:*, fastify, @fastify/* |',
      );
      const names = new Map(['shared', 'launch', 'web', 'testkit'].map((name) => [`@marteau/${name}`, name]));
      const importer = { file: `apps/web/${from}`, part: 'web', folder: 'apps/web' };
      const found = refusal(importer, imports, sample, names);
      if (refused) assert.match(found ?? '', refused);
      else assert.equal(found, undefined);
    });
  }
});
