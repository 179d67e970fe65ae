import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { leaveMarteauOut } from './leave-marteau-out.ts';

test('marteau is left out of a project and its workspaces, and of nobody else’s', async () => {
  await using folder = await createTempFolder();
  const manifest = (more: object = {}) => JSON.stringify({ devDependencies: { marteau: '*' }, ...more });
  const at = (name: string) => join(folder.path, name, 'package.json');
  for (const name of ['project/part', 'other', 'project/deep'])
    await mkdir(join(at(name), '..'), { recursive: true });
  await writeFile(at('project'), manifest({ workspaces: ['part', '../other', join(folder.path, 'other')] }));
  for (const name of ['project/part', 'other']) await writeFile(at(name), manifest());
  assert.equal(await leaveMarteauOut(join(folder.path, 'project')), true);
  for (const [name, isLeftOut] of [
    ['project', true],
    ['project/part', true],
    ['other', false],
  ] as const)
    assert.equal(!(await readFile(at(name), 'utf8')).includes('"marteau"'), isLeftOut, name);
});
