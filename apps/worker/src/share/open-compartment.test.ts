import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Compartment, openUncontained, type Rung } from '@marteau/launch';
import { createTempFolder } from '@marteau/testkit';
import { readConfig } from '../config.ts';
import { openCompartment } from './open-compartment.ts';

/** What a rung was asked for. */
function openTold() {
  const told: Parameters<Rung['open']>[0][] = [];
  const rung: Rung = {
    containment: 'contained',
    async open(options) {
      told.push(options);
      return { ...openUncontained(), containment: 'contained' };
    },
  };
  return { rung, told };
}

test('npm has its cache and a run has not; both have Marteau, Node and the tools on the PATH to read', async () => {
  await using folder = await createTempFolder();
  const { rung, told } = openTold();
  const config = readConfig({ PATH: '/root/.cargo/bin:/opt/tools/bin:/usr/bin', MARTEAU_DATA: folder.path });
  const [work, cache] = [join(folder.path, 'work'), join(folder.path, 'npm-cache')];
  const places = { tree: work, wdir: work, home: work, temp: join(work, 'tmp') };
  const opened: Compartment[] = [];
  for (const whose of ['npm', 'run', 'between'] as const)
    opened.push(
      await openCompartment(rung, config, {
        whose,
        work,
        owner: 'n',
        places,
        cache,
      }),
    );
  const [npm, run, between] = told;
  assert.deepEqual([npm?.writable, npm?.shared], [[work], cache]);
  assert.deepEqual([run?.writable, run?.shared], [[work], undefined]);
  // What stands between shares no folder with the run, and leaves none.
  const [apart = ''] = between!.writable;
  assert.deepEqual([between!.temp, apart.startsWith(work)], [join(apart, 'tmp'), false]);
  for (const compartment of opened) await compartment[Symbol.asyncDispose]();
  assert.equal(existsSync(apart), false);
  for (const path of ['/root/.cargo', '/opt/tools/bin', join(import.meta.dirname, '../../../../packages')])
    assert.ok(run?.readable.includes(path), path);
  for (const secret of [config.dataFolder, '/root', join(import.meta.dirname, '../../../..')])
    assert.ok(!run?.readable.includes(secret), secret);
});

test('how scripts are held is best, required or off', () => {
  assert.equal(readConfig({}).contain, 'best');
  assert.equal(readConfig({ MARTEAU_CONTAIN: 'required' }).contain, 'required');
  assert.throws(
    () => readConfig({ MARTEAU_CONTAIN: 'yes' }),
    /MARTEAU_CONTAIN is "yes"; it takes off, best, required/,
  );
});
