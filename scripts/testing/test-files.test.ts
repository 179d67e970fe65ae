import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { findTestFiles, selectTestFiles, untestedWorkspaces } from './test-files.ts';

test('finds every test and no load script, no fixture, nothing in node_modules', async () => {
  await using folder = await repository({
    'apps/web/src/server.ts': '',
    'apps/web/src/pages/home.test.ts': '',
    'packages/load/src/fixtures/vanilla.test.ts': '',
    'packages/load/node_modules/x/src/x.test.ts': '',
    'examples/shop/.marteau.yml': 'name: shop\nscript: loadtest/browse.test.ts\n',
    'examples/shop/loadtest/browse.test.ts': '',
    'examples/shop/server.test.ts': '',
    'tests/whole-way.test.ts': '',
    'node_modules/x/x.test.ts': '',
  });
  assert.deepEqual(findTestFiles(folder.path), [
    'apps/web/src/pages/home.test.ts',
    'examples/shop/server.test.ts',
    'tests/whole-way.test.ts',
  ]);
});

test('selects by folder or file', () => {
  const files = ['packages/load/src/a.test.ts', 'packages/loader/src/b.test.ts', 'tests/c.test.ts'];
  const select = (...paths: string[]) => selectTestFiles(files, paths, '/repository');
  assert.deepEqual(select(), files);
  assert.deepEqual(select('packages/load'), files.slice(0, 1));
  assert.deepEqual(select('packages/load/', './tests/c.test.ts'), [files[0], files[2]]);
  assert.deepEqual(select('packages/lo'), []);
});

test('leaves out what is long, but where it is asked for', () => {
  const files = ['packages/load/src/a.test.ts', 'tests/b.long.test.ts', 'tests/c.test.ts'];
  const select = (paths: string[], long?: boolean) => selectTestFiles(files, paths, '/repository', long);
  assert.deepEqual(select([]), [files[0], files[2]]);
  assert.deepEqual(select([], true), [files[1]]);
  assert.deepEqual(select(['tests']), [files[1], files[2]]);
});

test('names the workspaces that have source and no test', async () => {
  await using folder = await repository({
    'apps/web/package.json': '{}',
    'apps/web/src/server.ts': '',
    'packages/load/package.json': '{}',
    'packages/load/src/index.ts': '',
    'packages/load/src/index.test.ts': '',
    'packages/empty/package.json': '{}',
  });
  assert.deepEqual(untestedWorkspaces(folder.path, findTestFiles(folder.path)), ['apps/web']);
});

async function repository(files: Record<string, string>) {
  const folder = await createTempFolder();
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder.path, path)), { recursive: true });
    await writeFile(join(folder.path, path), content);
  }
  return folder;
}
