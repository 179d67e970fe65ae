import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scripts } from '../fixtures/scripts.ts';
import { QUEUE_PREFIX, redisKeys } from './keys.ts';

/** Names that older versions wrote, and that have to be found: they stay, whatever the word for them is. */
const older: Record<string, string> = {
  groups: 'lanes',
  group: 'lane',
  groupplace: 'laneplace',
  blocked: 'held',
  blockers: 'holders',
  preflights: 'untried',
  jobs: 'desk',
  nodejobs: 'nodedesk',
};

test('every key begins with the version of the data and names its kind', () => {
  for (const [kind, key] of Object.entries(redisKeys)) {
    const name = key('r1');
    const stored = older[kind] ?? kind;
    assert.ok(name === `marteau:1:${stored}` || name === `marteau:1:${stored}:r1`, name);
  }
});

test('the scripts use the keys of redisKeys and no others, by the same names', () => {
  const known = new Set(Object.keys(redisKeys));
  const used = new Set<string>();
  for (const { file, text } of scripts)
    for (const [, kind] of text.matchAll(/\bkey\('(\w+)'/g)) {
      assert.ok(known.has(kind!), `${file}: ${kind}`);
      used.add(kind!);
    }
  assert.ok(used.size > 30);
  const lib = scripts.find(({ file }) => file.endsWith('lib.lua'))!;
  assert.match(lib.text, /'marteau:1:' \.\. kind/);
  assert.equal(redisKeys.runs(), 'marteau:1:runs');
  const [, renamed = ''] = /^local older = \{(.*?)\}$/ms.exec(lib.text) ?? [];
  assert.deepEqual(
    Object.fromEntries([...renamed.matchAll(/(\w+) = '(\w+)'/g)].map(([, kind, name]) => [kind, name])),
    older,
  );
});

test('no kind is the beginning of BullMQ’s keys', () => {
  const names = Object.values(redisKeys).map((key) => key('r1'));
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.every((name) => !`${name}:`.startsWith(`${QUEUE_PREFIX}:`)));
});
