import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { commandBlocks } from './command-blocks.ts';
import { openReader, type Reader } from './reader.ts';

const root = join(import.meta.dirname, '../..');

describe('commands of the documents that take their time', { concurrency: 1 }, () => {
  let reader: Reader;
  before(async () => {
    reader = await openReader({ workers: 1 });
  });
  after(() => reader[Symbol.asyncDispose]());

  // A page is read from its beginning: what runs every day is what the slow ones build on.
  const slow = commandBlocks(root).filter(({ notHere }) => notHere === null);
  const pages = new Set(slow.filter(({ isLong }) => isLong).map(({ page }) => page));
  for (const block of slow.filter(({ page }) => pages.has(page)))
    test(`run as they stand: ${block.at}`, async () => {
      const said = await reader.type(block);
      if (block.script.includes(' init ')) await typeWhatInitSays(reader, block.page, said);
    });
});

/** `init` says what to type next, and so do the files that it writes. */
async function typeWhatInitSays(reader: Reader, page: string, said: string): Promise<void> {
  const files = ['.marteau.yml', 'loadtest/home.test.ts'].map((file) => reader.read(page, file));
  const [, next = ''] = /^Now: (.+)$/m.exec(said) ?? [];
  assert.match(next, /marteau run$/);
  const quoted = files.flatMap((text) => [...text.matchAll(/`((?:npx |node |marteau )[^`]+)`/g)]);
  assert.ok(quoted.length >= 3);
  for (const command of new Set([next, ...quoted.map(([, one = '']) => one)]))
    await reader.type({ at: `init says ${command}`, page, script: command, until: null });
}
