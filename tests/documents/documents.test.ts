import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { commands } from '../../apps/cli/src/commands/index.ts';
import { commandBlocks, pagesOf, spokenCommands, strayCommands } from './command-blocks.ts';
import { openReader, type Reader } from './reader.ts';

const root = join(import.meta.dirname, '../..');
const blocks = commandBlocks(root);
const read = (page: string): string => readFileSync(join(root, page), 'utf8');

describe('every command of the documents', { concurrency: 1 }, () => {
  let reader: Reader;
  before(async () => {
    reader = await openReader({ workers: 0 });
  });
  after(() => reader[Symbol.asyncDispose]());

  for (const block of blocks.filter(({ notHere, isLong }) => notHere === null && !isLong))
    test(`runs as it stands: ${block.at}`, async () => {
      await reader.type(block);
    });

  test('stands in a block that is run, or is marked with the reason why it is not', (t) => {
    assert.deepEqual(
      pagesOf(root).flatMap((page) => strayCommands(page, read(page))),
      [],
      'commands stand in ```sh',
    );
    for (const { at, notHere } of blocks) if (notHere) t.diagnostic(`not run here: ${at}: ${notHere}`);
  });

  test('that a sentence names is there', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: object };
    for (const page of pagesOf(root))
      for (const spoken of spokenCommands(read(page))) {
        const [program, verb = '', name = ''] = spoken.replace(/^npx /, '').split(/\s+/);
        if (program === 'npm' && ['run', 'start', 'test'].includes(verb))
          assert.ok(Object.hasOwn(scripts, verb === 'run' ? name : verb), `${page}: ${spoken}`);
        if (program === 'marteau' && /^[a-z]/.test(verb))
          assert.ok(Object.hasOwn(commands, verb) || verb === 'help', `${page}: ${spoken}`);
        if (program === 'node' && /^(apps|packages|scripts|bench)\//.test(verb))
          assert.ok(existsSync(join(root, verb)), `${page}: ${spoken}`);
      }
  });
});

test('a block that is neither run nor marked is found', () => {
  const stray = strayCommands(
    'x.md',
    'So:\n\n```\nnpm start\n```\n\n    docker compose up\n\n```sh\nnpm start\n```\n',
  );
  assert.deepEqual(stray, ['x.md:4: npm start', 'x.md:7: docker compose up']);
});
