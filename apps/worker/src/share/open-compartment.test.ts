import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
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

test('what programs on the PATH are made of is there to read, and nothing else beside them', async () => {
  await using folder = await createTempFolder();
  const at = (...names: string[]): string => join(folder.path, ...names);
  for (const path of [
    'jm/bin',
    'jm/lib',
    'jm/mine',
    'js/node_modules/.bin',
    'js/src',
    'py/bin',
    'py/lib',
    'own/bin',
    'own/.ssh',
  ])
    await mkdir(at(path), { recursive: true });
  await writeFile(at('py/pyvenv.cfg'), '');
  const { rung, told } = openTold();
  const PATH = ['jm/bin', 'js/node_modules/.bin', 'py/bin', 'own/bin'].map((path) => at(path)).join(':');
  const places = { tree: at('w'), wdir: at('w'), home: at('w'), temp: at('w') };
  await openCompartment(rung, readConfig({ PATH }), {
    whose: 'run',
    work: at('w'),
    owner: 'n',
    places,
    cache: at('c'),
  });
  const readable = told[0]!.readable.filter((path) => path.startsWith(folder.path));
  assert.deepEqual(readable.map((path) => path.slice(folder.path.length + 1)).toSorted(), [
    'jm/bin',
    'jm/lib',
    'js/node_modules',
    'js/node_modules/.bin',
    'own/bin',
    'py',
    'py/bin',
  ]);
});
