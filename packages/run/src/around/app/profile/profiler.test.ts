import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { launch } from '@marteau/launch';
import { openRun } from '../../../fixtures/a-run.ts';
import { openProfiler } from './profiler.ts';

test('nothing is written where the app writes but by programs of its run', async () => {
  await using run = await openRun();
  const { places } = run;
  const folder = join(places.wdir, '.marteau-profile');
  await mkdir(folder);
  const secret = join(places.home, 'secret');
  await writeFile(secret, 'of others');
  for (const name of ['begin', 'end', 'preload.mjs']) await symlink(secret, join(folder, name));
  const callFrame = { functionName: 'serve', url: '' };
  const profile = { nodes: [{ id: 1, callFrame }], samples: [1] };
  await writeFile(join(folder, '1.cpuprofile'), JSON.stringify(profile));
  const before = await readdir(folder);
  const profiler = openProfiler({
    ...run.options,
    // None of them starts.
    launch: (spec) => launch({ ...spec, signal: AbortSignal.abort() }),
  });
  profiler.begin();
  await profiler.end();
  await profiler.stop();
  assert.equal(await readFile(secret, 'utf8'), 'of others');
  assert.deepEqual(await readdir(folder), before);
  assert.equal(run.kept.get('profile.folded'), 'serve 1');
});
