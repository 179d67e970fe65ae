import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFile, resolveFile } from '@marteau/file';
import { openUncontained } from '@marteau/launch';
import { anywhere } from '@marteau/net';
import { createMasker, isMarteauError } from '@marteau/shared';
import { openRun } from '../fixtures/a-run.ts';
import { prepareShare } from '../share.ts';

test('npm that hits the memory of a run while it installs says so, and what may be done', async () => {
  await using run = await openRun();
  const most = 1_500_000_000;
  const packages = { deps: ['/nowhere/at-all'], ofManifest: false, cache: run.places.temp, npmSettings: {} };
  const prepared = prepareShare({
    mode: 'load',
    file: resolveFile(parseFile('script: a.test.ts\n').file!).file!,
    project: 'p',
    places: run.places,
    searchPath: process.env.PATH ?? '',
    secrets: {},
    masker: createMasker([]),
    packages,
    // As of a machine whose kernel ended npm.
    openCompartment: async () => ({ ...openUncontained(), exceeded: () => [{ what: 'memory', most }] }),
    network: { never: [], registries: [], allowed: anywhere },
    console: run.options.console,
    phase: { say: () => {} },
    signal: new AbortController().signal,
    deadlines: { install: 60_000, before: 60_000, after: 60_000 },
    allowed: anywhere,
    now: Date.now,
  });
  await assert.rejects(
    prepared,
    (error) =>
      isMarteauError(error, 'limits-exceeded') &&
      /^npm wanted more than 1\.50 GB of memory, and the kernel ended it\. MARTEAU_RUN_MEMORY_GB on the node/.test(
        error.message,
      ),
  );
});
