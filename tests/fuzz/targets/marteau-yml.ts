import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFile, renderProblems, resolveFile } from '@marteau/file';
import type { Target } from '../target.ts';

const ROOT = join(import.meta.dirname, '../../..');
const WRONG_FILES = join(ROOT, 'packages/file/src/wrong-files');

/**
 * `.marteau.yml`. Nothing is thrown: a file is right and can be resolved, with each of its profiles, or its mistakes are
 * told with places that it has.
 */
export const target: Target = {
  name: 'marteau-yml',
  run(bytes) {
    const { file, problems } = parseFile(bytes);
    const text = bytes.toString();
    const lines = text.split(/\r\n?|\n/).length;
    for (const { line, column, what, fix } of problems) {
      const isThere = line === null || (line >= 1 && line <= lines && (column ?? 1) >= 1);
      assert.ok(isThere, `place ${line}:${column} of ${lines} lines`);
      if (!/undefined|object|NaN/.test(text)) assert.doesNotMatch(what + fix, /undefined|\[object|NaN/);
    }
    renderProblems(problems);
    if (file === null) return;
    for (const profile of [null, ...Object.keys(file.profiles ?? {})]) {
      const resolved = resolveFile(structuredClone(file), { profile });
      assert.ok(resolved, 'a file that is right is resolved');
    }
  },
  seeds: () => [
    ...readdirSync(WRONG_FILES).map((name) => readFileSync(join(WRONG_FILES, name, 'input.txt'))),
    ...['.marteau.yml.example', 'examples'].flatMap(blockByBlock),
  ],
  dictionary: [
    '\n',
    ': ',
    '\n  - ',
    '&a ',
    '*a',
    '<<: *a',
    '{',
    '}',
    '[',
    ']',
    '!!binary ',
    '|\n  ',
    '? ',
    '---\n',
    '%YAML 1.1\n',
  ],
};

/** A long file as its blocks, each of which is a small file; of a folder, those of its projects. */
function blockByBlock(path: string): Buffer[] {
  if (path !== 'examples')
    return readFileSync(join(ROOT, path), 'utf8')
      .replaceAll(/^# ?(?=[\w-]+:| {2})/gm, '')
      .split(/\n\n+/)
      .map((block) => Buffer.from(`script: a.test.ts\n${block}\n`));
  return readdirSync(join(ROOT, path), { withFileTypes: true })
    .filter((each) => each.isDirectory())
    .map(({ name }) => readFileSync(join(ROOT, path, name, '.marteau.yml')));
}
