import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openRun } from '../fixtures/a-run.ts';
import { runSetup, type SetupCache } from './run-setup.ts';

test('an entry that cannot be unpacked is dropped, and the next run keeps its own', async () => {
  await using run = await openRun();
  let entry: Buffer | null = Buffer.from('no archive');
  const cache: SetupCache = {
    read: async () => entry && Readable.from([entry]),
    async keep(_, archive, isWhole) {
      const packed = await buffer(archive);
      if (await isWhole) entry = packed;
    },
    async drop() {
      entry = null;
    },
  };
  const file = join(run.places.home, 'fetched');
  const setUp = async () => {
    const locks = [{ path: 'uv.lock', sha256: 'a', isManifest: false }];
    await runSetup(['[ -e ~/fetched ] || echo fetched > ~/fetched'], { ...run.options, locks, cache });
    return readFile(file, 'utf8');
  };
  await setUp();
  assert.ok(run.lines.includes('marteau: setup: that was not whole, and is fetched anew'));
  assert.equal(entry, null);
  await setUp();
  assert.notEqual(entry, null);
  await rm(file);
  run.lines.length = 0;
  assert.equal(await setUp(), 'fetched\n');
  assert.ok(run.lines.includes('marteau: setup: what it installed for these lock files before is in HOME'));
  assert.ok(!run.lines.some((line) => line.includes('not whole')));
});

test('what was in HOME before setup is kept for no other run, and not written over', async () => {
  await using run = await openRun();
  let entry: Buffer | null = null;
  const cache: SetupCache = {
    read: async () => entry && Readable.from([entry]),
    async keep(_, archive) {
      entry = await buffer(archive);
    },
  };
  const token = join(run.places.home, 'token');
  const setUp = async (word: string) => {
    await writeFile(token, word);
    await delay(20); // more than a tick of the file system's clock
    const locks = [{ path: 'uv.lock', sha256: 'a', isManifest: false }];
    // As pip does: what it unpacks is as old as where it was made.
    const fetches = '[ -e ~/fetched ] || (echo fetched > ~/fetched && touch -d 2001-01-01 ~/fetched)';
    await runSetup([fetches], { ...run.options, locks, cache });
    return readFile(token, 'utf8');
  };
  await setUp('of the first run');
  await rm(join(run.places.home, 'fetched'));
  assert.equal(await setUp('of the second run'), 'of the second run');
  assert.equal(await readFile(join(run.places.home, 'fetched'), 'utf8'), 'fetched\n');
});
