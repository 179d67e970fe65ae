// Keeps one dialect and the words of the glossary (docs/architecture.md, CONTRIBUTING.md).
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { test } from 'node:test';
import { partsOfTheHouse, read, sourcesOf } from './architecture/house.ts';
import { namesOf, wordsOf } from './architecture/names.ts';
import { retiredFileNames, retiredWords } from './architecture/retired-words.ts';

const byWord = new Map(
  retiredWords.flatMap((retired) => retired.words.split(' ').map((word) => [word, retired])),
);

/** Why a name may not be used; null where it may. */
function refusal(name: string): string | null {
  for (const word of wordsOf(name)) {
    const retired = byWord.get(word);
    if (
      retired &&
      !retired.except?.some((each) => name === each || (each.endsWith('_') && name.startsWith(each)))
    )
      return `${name}: ${word} is now ${retired.instead}`;
  }
  return null;
}

/** A test may name its file or its script as it would any other value. */
function isProduct({ file }: { file: string }): boolean {
  return /^(apps|packages|scripts)\//.test(file) && !/\.test\.ts$|\.fixture\.ts$|\/fixtures\//.test(file);
}

for (const part of partsOfTheHouse()) {
  test(`the names in ${part.folder} are the glossary's`, () => {
    const refused = sourcesOf(part).flatMap(({ file }) => {
      const name = basename(file).replace(/(\.test|\.long|\.fixture)*\.\w+$/, '');
      const names = [...namesOf(file, read(file)).identifiers].flatMap((each) => refusal(each) ?? []);
      return [...(retiredFileNames.includes(name) ? ['the name of the file'] : []), ...names].map(
        (why) => `${file}: ${why}`,
      );
    });
    assert.deepEqual(refused, []);
  });

  test(`${part.folder} is written in one dialect: #private members, FIXED values`, () => {
    const refused = sourcesOf(part)
      .filter(isProduct)
      .flatMap(({ file }) => {
        const { accessible, fixed } = namesOf(file, read(file));
        return [
          ...accessible.map((name) => `${file}: write #${name}`),
          ...fixed
            .filter((name) => !/^[A-Z][A-Z0-9_]*$/.test(name))
            .map((name) => `${file}: write ${name} in capitals`),
        ];
      });
    assert.deepEqual(refused, []);
  });
}

test('a word is found in any form of a name', () => {
  for (const name of ['laneOf', 'LANES', 'open_lane', '#lane', 'OpenLane'])
    assert.match(refusal(name) ?? '', /is now/);
  for (const name of ['plane', 'stretches', 'desk', 'fixture_plugin']) assert.equal(refusal(name), null);
});

test('the dialect is seen', () => {
  const names = namesOf(
    'a.ts',
    'class A { private b = 1; #c = 2 }\nexport const d = 3, e = -1 * 60, F = `x`;\nconst g = f(), h = true, i = {};\nlet j = 1;',
  );
  assert.deepEqual([names.accessible, names.fixed], [['b'], ['d', 'e', 'F']]);
});
