import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
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
