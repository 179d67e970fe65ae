import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freePort, startTargetServer, type TargetServer } from '@marteau/testkit';
import { type House, openHouse } from './house/house.ts';
import { type NpmRegistry, startNpmRegistry } from './house/npm-registry.ts';
import { plainProject, scriptOf } from './house/projects.ts';

const visit = `
      const response = await fetch(process.env.MARTEAU_TARGET + '/hello');
      assert.equal(greeting, 'hello from tiny');
      assert.equal(response.status, 200);
      await think(20);`;
const proxy = 'http://proxyuser:proxy-pw-42@127.0.0.1:9';
const script = scriptOf(visit, "import { greeting } from 'tiny';");

describe('packages that a test needs', { concurrency: 1 }, () => {
  let registry: NpmRegistry;
  let house: House;
  let target: TargetServer;
  let count = 0;
  let touched: string;
  before(async () => {
    touched = join((await import('node:os')).tmpdir(), `marteau-npm-${process.pid}-script-ran`);
    registry = await startNpmRegistry({
      tiny: {
        version: '1.0.0',
        manifest: { scripts: { install: `touch ${touched}`, postinstall: `touch ${touched}` } },
        files: { 'index.js': "export const greeting = 'hello from tiny';" },
      },
    });
    house = await openHouse({
      env: { npm_config_registry: registry.url, HTTPS_PROXY: proxy, NO_PROXY: '127.0.0.1' },
    });
    target = await startTargetServer();
  });
  after(async () => {
    await house[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  });

  async function run(more: string, files: Record<string, string> = {}) {
    count += 1;
    const repo = await house.git.createRepo(`npm-${count}`, {
      ...plainProject(target.url, more),
      'plain.test.ts': script,
      ...files,
    });
    const id = await house.submit(repo.url);
    return house.ends(id, 120_000);
  }

  test('deps are installed, and no script of a package runs', async () => {
    const ended = await run('deps: [tiny@1]\n');
    assert.equal(ended.verdict, 'pass', ended.reason ?? '');
    assert.equal(existsSync(touched), false);
    assert.match(await house.file(ended.id, 'console.log'), /npm install .*tiny@1/);
  });

  test('what was installed once comes from the cache', async () => {
    const tarballs = () => registry.asked.filter((path) => path.endsWith('.tgz')).length;
    const once = tarballs();
    const ended = await run('deps: [tiny@1.0.0]\n');
    assert.equal(ended.verdict, 'pass', ended.reason ?? '');
    assert.equal(tarballs(), once);
  });

  test('packages by git come through git itself, whatever program .npmrc names', async () => {
    const tool = await house.git.createRepo('tool', {
      'package.json': JSON.stringify({ name: 'tool', version: '1.0.0' }),
    });
    const ended = await run(`deps: [tiny@1]\nnetwork: ['${new URL(tool.url).host}']\n`, {
      '.npmrc': 'git=/bin/false\n',
      'package.json': JSON.stringify({ type: 'module', dependencies: { tool: `git+${tool.url}` } }),
    });
    assert.equal(ended.verdict, 'pass', ended.reason ?? '');
  });

  test('a package.json in wdir is respected', async () => {
    const ended = await run('', {
      'package.json': JSON.stringify({ type: 'module', devDependencies: { tiny: '^1.0.0' } }),
    });
    assert.equal(ended.verdict, 'pass', ended.reason ?? '');
  });

  test('a lock file that does not fit is told', async () => {
    const ended = await run('', {
      'package.json': JSON.stringify({ name: 'x', version: '1.0.0', dependencies: { tiny: '^1.0.0' } }),
      'package-lock.json': JSON.stringify({
        name: 'x',
        version: '1.0.0',
        lockfileVersion: 3,
        packages: { '': { name: 'x', version: '1.0.0' } },
      }),
    });
    assert.equal(ended.reasonCode, 'npm-lock-outdated', ended.reason ?? '');
  });

  test('marteau is left out of package.json and lock file, wherever it was to come from', async () => {
    const manifest = {
      name: 'x',
      version: '1.0.0',
      type: 'module',
      devDependencies: { marteau: 'file:../marteau-0.1.0.tgz', tiny: '^1.0.0' },
      workspaces: ['parts/*'],
    };
    const part = {
      name: 'part',
      version: '1.0.0',
      devDependencies: { marteau: 'http://127.0.0.1:1/cli/marteau.tgz' },
    };
    const lock = {
      name: 'x',
      version: '1.0.0',
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': manifest,
        'parts/a': part,
        'node_modules/part': { resolved: 'parts/a', link: true },
        'node_modules/marteau': {
          version: '0.1.0',
          resolved: 'file:../marteau-0.1.0.tgz',
          integrity: 'sha512-AAAA',
          dev: true,
          dependencies: { leaf: '1.0.0' },
        },
        'node_modules/marteau/node_modules/leaf': { version: '1.0.0', dev: true },
        'node_modules/tiny': {
          version: '1.0.0',
          resolved: `${registry.url}tiny/-/tiny-1.0.0.tgz`,
          dev: true,
        },
      },
    };
    const ended = await run('', {
      'package.json': JSON.stringify(manifest),
      'package-lock.json': JSON.stringify(lock),
      'parts/a/package.json': JSON.stringify(part),
    });
    assert.equal(ended.verdict, 'pass', ended.reason ?? '');
    assert.match(await house.file(ended.id, 'console.log'), /marteau is left out of package\.json/);
  });

  for (const [name, more, code, says] of [
    ['an unknown package', 'deps: [nosuchpkg]\n', 'npm-package-unknown', /^npm could not find nosuchpkg\./],
    ['an unknown version', 'deps: [tiny@9]\n', 'npm-package-unknown', /^npm could not find tiny@9\./],
  ] as const) {
    test(`${name} is named`, async () => {
      const ended = await run(more);
      assert.equal(ended.reasonCode, code, ended.reason ?? '');
      assert.match(ended.reason!, says);
    });
  }

  test('a project has no say in how it is installed, and learns nothing of how this node does it', async () => {
    const evil = '#!/bin/sh\necho "EVIL $HTTPS_PROXY"\n';
    const repo = await house.git.createRepo('npm-evil', {
      ...plainProject(target.url, 'deps: [tiny@1]\nbefore: echo "sees <$HTTPS_PROXY>"\n'),
      'plain.test.ts': script,
      'node_modules/.bin/npm': evil,
      'node_modules/.bin/node': evil,
      'node_modules/.bin/git': evil,
      '.npmrc':
        'registry=http://127.0.0.1:9/$' + '{HTTPS_PROXY}/\nproxy=http://127.0.0.1:9/\ncache=/tmp/evil\n',
    });
    await repo.git(
      'update-index',
      '--chmod=+x',
      ...['npm', 'git', 'node'].map((name) => `node_modules/.bin/${name}`),
    );
    await repo.git('commit', '--quiet', '--message=Executable');
    const { id, reason } = await house.ends(await house.submit(repo.url), 120_000);
    const text = await house.file(id, 'console.log');
    assert.match(text, /npm +\| added 1 package/, reason ?? '');
    assert.doesNotMatch(text, /npm +\| EVIL|proxy-pw-42/);
    assert.match(text, /sees <>/);
  });

  test('no script leaves anything in a cache that another project is installed from', async () => {
    const caches = join(house.data, 'npm-cache');
    const poison = scriptOf(
      `
      const folders = readdirSync(caches, { recursive: true, withFileTypes: true }).filter((each) => each.isDirectory());
      for (const { parentPath, name } of folders) writeFileSync(join(parentPath, name, 'POISON'), '');
      ${visit}`,
      `import { readdirSync, writeFileSync } from 'node:fs';
      import { join } from 'node:path';
      import { greeting } from 'tiny';
      const caches = ${JSON.stringify(caches)};`,
    );
    await run('deps: [tiny@1]\n', { 'plain.test.ts': poison });
    const poisoned = (await readdir(caches, { recursive: true })).filter((path) => path.endsWith('POISON'));
    const ofProjects = new Set(poisoned.map((path) => path.split('/').slice(0, 2).join('/')));
    assert.ok(!ofProjects.has('shared/POISON') && ![...ofProjects].some((path) => path.startsWith('shared')));
    const ended = await run('deps: [tiny@1]\n');
    assert.equal(ended.verdict, 'pass', ended.reason ?? '');
  });

  test('nothing above the project is touched, and nothing there is found', async () => {
    const above = join(house.data, '..', 'tmp', 'package.json');
    await writeFile(above, '{"type": "module", "dependencies": {"nosuchpkg": "1"}}');
    const ended = await run('deps: [tiny]\nbefore: node seed.js\n', { 'seed.js': "require('node:fs');" });
    assert.equal(ended.verdict, 'pass', ended.reason ?? '');
    assert.equal(existsSync(join(above, '../node_modules')), false);
    await rm(above);
  });

  test('nothing is left', () => house.assertNothingLeft());
});

test('a registry that nobody answers at is told', async () => {
  await using target = await startTargetServer();
  await using house = await openHouse({
    env: { npm_config_registry: `http://127.0.0.1:${await freePort()}/`, npm_config_fetch_retries: '0' },
  });
  const repo = await house.git.createRepo('away', plainProject(target.url, 'deps: [tiny]\n'));
  const run = await house.ends(await house.submit(repo.url), 180_000);
  assert.equal(run.reasonCode, 'npm-unreachable', run.reason ?? '');
  assert.match(run.reason!, /npm could not reach its registry from this node \(ECONNREFUSED\)/);
});
