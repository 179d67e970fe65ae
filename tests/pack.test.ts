import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { createTempFolder, startTargetServer, type TargetServer, type TempFolder } from '@marteau/testkit';
import { openTestbed } from '../apps/web/src/fixtures/testbed.ts';

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);
const path = `${join(root, 'node_modules/.bin')}:${process.env.PATH}`;

interface Ended {
  code: number;
  out: string;
  err: string;
}

/** Runs a program in a folder to its end. */
async function program(cwd: string, file: string, ...args: string[]): Promise<Ended> {
  const env = {
    ...process.env,
    PATH: path,
    NODE_TEST_CONTEXT: undefined,
    npm_config_update_notifier: 'false',
  };
  try {
    const { stdout, stderr } = await run(file, args, { cwd, env });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

/** A copy of the repository, because packing changes apps/cli for a moment; its packages are those of the original. */
function copyRepository(into: string): void {
  const list = [
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
    'apps',
    'packages',
    'scripts',
    'templates',
  ];
  const files = execFileSync('git', [...list, 'LICENSE', 'package.json'], { cwd: root, encoding: 'utf8' });
  for (const file of files.split('\0')) {
    if (file === '' || !existsSync(join(root, file))) continue;
    mkdirSync(dirname(join(into, file)), { recursive: true });
    cpSync(join(root, file), join(into, file));
  }
  mkdirSync(join(into, 'node_modules/@marteau'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== '@marteau' && name !== 'marteau')
      symlinkSync(join(root, 'node_modules', name), join(into, 'node_modules', name));
  }
  for (const name of readdirSync(join(into, 'packages')))
    symlinkSync(`../../packages/${name}`, join(into, 'node_modules/@marteau', name));
}

describe('the packed command', { concurrency: 1 }, () => {
  let folder: TempFolder;
  let target: TargetServer;
  let installed: string;
  let repository: string;
  const at = (name: string): string => join(folder.path, name);
  const marteau = (...args: string[]) =>
    program(installed, join(installed, 'node_modules/.bin/marteau'), ...args);

  before(async () => {
    folder = await createTempFolder();
    target = await startTargetServer();
    repository = at('repository');
    copyRepository(repository);
    const packed = await program(
      join(repository, 'apps/cli'),
      'npm',
      'pack',
      '--pack-destination',
      folder.path,
    );
    assert.equal(packed.code, 0, packed.err);
    installed = at('installed');
    mkdirSync(installed);
    writeFileSync(join(installed, 'package.json'), '{"name": "somebody", "type": "commonjs"}');
    await using web = await openTestbed();
    const address = `${web.url}/cli/marteau.tgz`;
    const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--save-dev', address];
    const { code, err } = await program(installed, 'npm', ...install);
    assert.equal(code, 0, err);
  });
  after(async () => {
    await target[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  test('leaves the repository as it was', () => {
    const manifest = (where: string): string => readFileSync(join(where, 'apps/cli/package.json'), 'utf8');
    assert.equal(manifest(repository), manifest(root));
    assert.deepEqual(readdirSync(join(repository, 'apps/cli')).sort(), ['README.md', 'package.json', 'src']);
  });

  test('is the same from a server as from npm pack', async () => {
    const tarball = at(readdirSync(folder.path).find((name) => name.endsWith('.tgz'))!);
    const { out } = await program(folder.path, 'tar', '-tzf', tarball);
    const files = readdirSync(join(installed, 'node_modules/marteau'), {
      recursive: true,
      withFileTypes: true,
    })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(join(installed, 'node_modules/marteau'), join(entry.parentPath, entry.name)));
    const packed = out
      .trim()
      .split('\n')
      .map((name) => name.replace('package/', ''));
    assert.deepEqual(files.sort(), packed.sort());
  });

  test('brings no TypeScript, no tests, and none of our packages by name', async () => {
    const { out } = await program(installed, 'npm', 'ls', '--all', '--parseable');
    assert.doesNotMatch(out, /@marteau/);
    const files = readdirSync(join(installed, 'node_modules/marteau'), { recursive: true }).map(String);
    assert.ok(files.length > 100);
    assert.deepEqual(
      files.filter((name) => /(?<!\.d)\.ts$|\.test\.|\/fixtures\/|testkit/.test(name)),
      [],
    );
  });

  test('knows its version, writes a project, checks it, and runs it', async () => {
    assert.match((await marteau('--version')).out, /^\d+\.\d+\.\d+\n$/);
    const begun = await marteau('init', `${target.url}/hello`);
    assert.equal(begun.code, 0, begun.err);
    const checked = await marteau('check');
    assert.equal(checked.code, 0, checked.err);
    const ran = await marteau('run', '.', '--set', 'cycles=2', '--set', 'duration=1s');
    assert.equal(ran.code, 0, ran.err);
    const [, report = ''] = /PASS[\s\S]*Report: (.*report\.html)\n/.exec(ran.out) ?? [];
    // What only bears the name of a package keeps it.
    const results = readFileSync(join(dirname(report), 'results.json'), 'utf8');
    assert.match(results, /"engine":\s*\{\s*"name":\s*"marteau"/);
    const page = readFileSync(report, 'utf8');
    assert.match(page, /marteau run /);
    assert.doesNotMatch(page, /\.\.\/[\w./]*index\.js/);
    const console = readFileSync(join(dirname(report), 'console.log'), 'utf8');
    assert.doesNotMatch(console + ran.out + ran.err, /index\.js/);
  });

  test('is what a script imports, tried by hand and under load', async () => {
    writeFileSync(
      join(installed, 'extras.test.mjs'),
      `import { test } from 'node:test';
       import { counter, label, weight } from 'marteau';
       test('counts', weight(2), async () => {
         await label('greet', async () => (await fetch(process.env.MARTEAU_TARGET + '/hello')).text());
         counter('greeted').add();
       });`,
    );
    process.env.MARTEAU_TARGET = target.url;
    const byHand = await program(installed, 'node', '--import', 'marteau', '--test', 'extras.test.mjs');
    delete process.env.MARTEAU_TARGET;
    assert.equal(byHand.code, 0, byHand.out);
    const script = ['--set', 'script=extras.test.mjs', '--set', 'cycles=1', '--set', 'duration=1s'];
    const { code, out, err } = await marteau('run', '--json', ...script);
    assert.equal(code, 0, err);
    const { metrics } = JSON.parse(readFileSync(join(JSON.parse(out).folder, 'results.json'), 'utf8'));
    assert.ok(metrics === undefined || metrics.length === 1);
  });

  test('has types for what a script imports', async () => {
    const use = `import { check, trend } from 'marteau';\nconst held: boolean = check('a', 1);\ntrend('x', 'ms').add(held ? 1 : 2);\n`;
    writeFileSync(join(installed, 'use.mts'), use);
    const flags = '--ignoreConfig --noEmit --strict --module nodenext --target esnext --types node';
    const types = ['--typeRoots', join(root, 'node_modules/@types')];
    const { code, out } = await program(
      installed,
      join(root, 'node_modules/.bin/tsc'),
      ...flags.split(' '),
      ...types,
      'use.mts',
    );
    assert.equal(code, 0, out);
  });
});
