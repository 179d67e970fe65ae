import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createTempFolder } from '@marteau/testkit';
import { behaviors } from './behaviors/index.ts';
import { type ActiveBehavior, type Behavior, Exchange } from './contracts.ts';
import { protocols } from './protocols/index.ts';
import type { Protocol } from './protocols/protocol.ts';

const guide = readFileSync(join(import.meta.dirname, '../../../docs/guide/chaos.md'), 'utf8');

test('the guide has a line for every behaviour with its options and defaults, and for every protocol', () => {
  for (const { name, about, options, per } of behaviors) {
    const shown = Object.entries(options.properties).map(([option, field]) => `${option} ${show(field)}`);
    const row = `| ${name} | ${about} | ${shown.join(', ')} | ${per.join(', ')} |`;
    assert.ok(guide.includes(row), `docs/guide/chaos.md should have: ${row}`);
  }
  for (const { name, about } of protocols)
    assert.ok(guide.includes(`| ${name} | ${about} |`), `| ${name} | ${about} |`);
});

/** A file that the guide shows, as it would be where the guide puts it. */
async function shownFile<T>(path: string): Promise<T> {
  await using folder = await createTempFolder();
  const [, code = ''] = guide.split(`// ${path}\n`, 2);
  const at = join(import.meta.dirname, '../../..', dirname(path));
  const here = code
    .split('\n```', 1)[0]!
    .replace(/from '(\.[^']*)'/g, (_, file) => `from '${pathToFileURL(join(at, file))}'`)
    .replace("from 'typebox'", `from '${import.meta.resolve('typebox')}'`);
  const file = join(folder.path, 'shown.ts');
  await writeFile(file, here);
  return (await import(pathToFileURL(file).href)) as T;
}

test('the behaviour that the guide shows how to add works', async () => {
  const { stutter } = await shownFile<{ stutter: Behavior }>('packages/chaos/src/behaviors/stutter.ts');
  const active = {} as ActiveBehavior;
  const ask = stutter.request!({ pause: 300 }, active);
  const [first, second] = [new Exchange(1), new Exchange(2)];
  assert.deepEqual([ask(first), ask(second)], [null, 'waited 300 ms before the answer']);
  assert.deepEqual([first.after, second.after], [[], [{ by: active, ms: 300 }]]);
});

test('the protocol that the guide shows how to add works', async () => {
  const { shout } = await shownFile<{ shout: Protocol }>('packages/chaos/src/protocols/shout.ts');
  const dialogue = shout.open!();
  const exchange = new Exchange(1);
  const asked = Buffer.from('hello you\nand');
  assert.deepEqual([dialogue.request(asked, 0), dialogue.found], [10, 'head']);
  dialogue.describe(exchange);
  assert.equal(exchange.command, 'hello');
  assert.deepEqual([dialogue.request(asked, 10), dialogue.found], [10, 'end']);
  assert.deepEqual([dialogue.request(asked, 10), dialogue.found], [13, 'more']);
  assert.deepEqual([dialogue.response(Buffer.from('HELLO\n'), 0, exchange), dialogue.found], [6, 'end']);
  assert.equal(String(dialogue.error(exchange, { status: 0, message: 'no' }, 0).bytes), 'ERROR no\n');
});

function show(field: object): string {
  const { default: usual } = field as { default: unknown };
  return usual === '' ? '""' : String(usual);
}
