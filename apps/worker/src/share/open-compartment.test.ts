import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openUncontained, type Rung } from '@marteau/launch';
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
  for (const whose of ['npm', 'run'] as const)
    await openCompartment(rung, config, {
      whose,
      work,
      places,
      cache,
    });
  const [npm, run] = told;
  assert.deepEqual([npm?.writable, npm?.shared], [[work], cache]);
  assert.deepEqual([run?.writable, run?.shared], [[work], undefined]);
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
