import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parseFile } from '@marteau/file';
import { createTempFolder, startTargetServer } from '@marteau/testkit';
import { exitCodes } from './exit-codes.ts';
import { marteau, write } from './fixtures/command-line.ts';

describe('the command line itself', () => {
  const wrong: [string, string[], RegExp][] = [
    ['an unknown command', ['hammer'], /There is no command 'hammer'\. There are: init, check/],
    ['an unknown option', ['check', '--fast'], /--fast/],
    ['a word too many', ['check', 'a', 'b'], /'b' is one word too many/],
  ];
  for (const [what, args, sentence] of wrong) {
    test(`${what} is refused with a sentence`, async () => {
      const { code, err } = await marteau('.', ...args);
      assert.equal(code, exitCodes.usage);
      assert.match(err, sentence);
    });
  }

  test('ends in ways that are all told apart, and documented', async () => {
    const codes = Object.values(exitCodes);
    assert.equal(new Set(codes).size, codes.length);
    const page = await readFile(join(import.meta.dirname, '../../../docs/cli.md'), 'utf8');
    const [, table = ''] = page.split('## Exit codes');
    const documented = [...table.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    assert.deepEqual(
      documented,
      codes.toSorted((a, b) => a - b),
    );
  });

  test('help lists the commands, and shows the usage of one', async () => {
    assert.match((await marteau('.')).out, /init .*\n.*check /);
    assert.match((await marteau('.', 'check', '--help')).out, /Usage: marteau check/);
    const { out } = await marteau('.', 'help', 'run');
    for (const option of ['profile', 'test', 'target', 'set', 'ref', 'once', 'out', 'json', 'quiet'])
      assert.match(out, new RegExp(`^  --${option}\\b.*\\w`, 'm'));
  });
});

describe('init', () => {
  test('writes a file without mistakes, and a test that passes under node --test', async () => {
    await using folder = await createTempFolder();
    await using target = await startTargetServer();
    const { code } = await marteau(folder.path, 'init', `${target.url}/hello`);
    assert.equal(code, exitCodes.pass);
    assert.deepEqual(parseFile(await readFile(join(folder.path, '.marteau.yml'))).problems, []);
    assert.equal((await marteau(folder.path, 'check')).code, exitCodes.pass);
    const passed = await new Promise<boolean>((resolve) => {
      const env = { PATH: process.env.PATH };
      execFile(process.execPath, ['--test', 'loadtest/home.test.ts'], { cwd: folder.path, env }, (error) =>
        resolve(!error),
      );
    });
    assert.ok(passed);
  });

  test('is of a project with an app what the app itself says: name, set-up, start', async () => {
    await using folder = await createTempFolder();
    await write(folder.path, {
      'package.json': '{"name": "shop", "type": "module", "scripts": {"start": "node server.ts"}}',
      'package-lock.json': '{}',
    });
    assert.equal((await marteau(folder.path, 'init')).code, exitCodes.pass);
    const { file } = parseFile(await readFile(join(folder.path, '.marteau.yml')));
    assert.equal(file?.name, 'shop');
    assert.deepEqual(file?.app, { setup: 'npm ci', command: 'npm start', ready: '/' });
    assert.equal(file?.target, undefined);
    assert.match(await readFile(join(folder.path, 'loadtest/home.test.ts'), 'utf8'), /127\.0\.0\.1:8080/);
  });

  test('names the test so that Node takes it for a module without a warning', async () => {
    for (const [type, name] of [
      ['"type": "module"', 'home.test.ts'],
      ['"type": "commonjs"', 'home.test.mts'],
      ['"name": "shop"', 'home.test.mts'],
    ] as const) {
      await using folder = await createTempFolder();
      await write(folder.path, { 'package.json': `{${type}}` });
      const { out } = await marteau(folder.path, 'init', 'http://127.0.0.1:9');
      assert.match(out, new RegExp(`wrote loadtest/${name.replaceAll('.', '\\.')}\\n`), type);
    }
  });

  test('never writes over what is there', async () => {
    await using folder = await createTempFolder();
    await write(folder.path, { 'loadtest/home.test.ts': 'mine' });
    const { code, err } = await marteau(folder.path, 'init');
    assert.equal(code, exitCodes.file);
    assert.match(err, /home\.test\.ts already there/);
    assert.equal(await readFile(join(folder.path, 'loadtest/home.test.ts'), 'utf8'), 'mine');
  });

  test('refuses what is not the address of a site', async () => {
    assert.equal((await marteau('.', 'init', 'ftp://x')).code, exitCodes.usage);
  });
});

describe('check', () => {
  test('shows every mistake with line and column', async () => {
    await using folder = await createTempFolder();
    await write(folder.path, { '.marteau.yml': 'script: a.test.ts\ndurration: 2m\ncycles: many\n' });
    const { code, err } = await marteau(folder.path, 'check');
    assert.equal(code, exitCodes.file);
    assert.match(err, /\.marteau\.yml:2:1 .*durration.*'duration'/);
    assert.match(err, /\.marteau\.yml:3:9 .*cycles|\.marteau\.yml:3:9/);
  });

  test('says what is missing', async () => {
    await using folder = await createTempFolder();
    assert.match((await marteau(folder.path, 'check')).err, /There is no \.marteau\.yml in .*marteau init/);
    await write(folder.path, { '.marteau.yml': 'script: gone.test.ts\n' });
    assert.match(
      (await marteau(folder.path, 'check')).err,
      /gone\.test\.ts, and the repository has no such file/,
    );
  });

  test('loads the script, and says what is wrong with it or its data', async () => {
    await using folder = await createTempFolder();
    const few = 'script: a.test.ts\ncycles: 5\ndata: {users: users.csv}\n';
    await write(folder.path, {
      '.marteau.yml': few,
      'a.test.ts': "import { test } from 'node:test';\nnull.x;",
    });
    assert.match(
      (await marteau(folder.path, 'check')).err,
      /data file users\.csv, and the repository has no/,
    );
    await write(folder.path, { 'users.csv': 'name\nanna\n' });
    const rows = await marteau(folder.path, 'check');
    assert.equal(rows.code, exitCodes.file, rows.err);
    assert.match(rows.err, /1 rows, and 5 users/);
    await write(folder.path, { '.marteau.yml': 'script: a.test.ts\n' });
    const throws = await marteau(folder.path, 'check');
    assert.equal(throws.code, exitCodes.script);
    assert.match(throws.err, /threw at a\.test\.ts:2/);
  });

  test('needs no secret', async () => {
    await using folder = await createTempFolder();
    await write(folder.path, {
      '.marteau.yml': `script: a.test.ts\nenv: {A: "\${secrets.NO_SUCH}"}\n`,
      'a.test.ts': "import { test } from 'node:test'; test('one', () => {});",
    });
    const { code, err } = await marteau(folder.path, 'check');
    assert.equal(code, exitCodes.pass);
    assert.match(err, /NO_SUCH not set here/);
  });

  test('names packages that no node can install, and marteau, which nodes bring themselves', async () => {
    await using folder = await createTempFolder();
    const manifest = { devDependencies: { marteau: 'file:../marteau-0.1.0.tgz', lib: 'file:../lib' } };
    await write(folder.path, {
      '.marteau.yml': 'script: a.test.ts\n',
      'a.test.ts': "import { test } from 'node:test'; test('one', () => {});",
      'package.json': JSON.stringify(manifest),
    });
    const missing = await marteau(folder.path, 'check');
    assert.equal(missing.code, exitCodes.file);
    assert.match(
      missing.err,
      /package\.json takes lib from file:\.\.\/lib, which is outside of the repository/,
    );
    await write(folder.path, { 'package.json': JSON.stringify(manifest).replace('file:../lib', '^1.0.0') });
    const ours = await marteau(folder.path, 'check');
    assert.equal(ours.code, exitCodes.pass, ours.err);
    assert.match(ours.err, /marteau from file:\S+, outside of the repository: nodes leave it out/);
  });

  test('names in what users cannot be kept apart', async () => {
    await using folder = await createTempFolder();
    await write(folder.path, {
      '.marteau.yml': 'script: a.test.ts\n',
      'a.test.ts': "import { test } from 'node:test'; Math.random = () => 0.5; test('one', () => {});",
    });
    const { code, out } = await marteau(folder.path, 'check');
    assert.equal(code, exitCodes.pass);
    assert.match(out, /Users cannot be kept apart in what the script, .*: Math\.random\.\n/);
  });

  test('says what plain Node lacks of what the script uses', async () => {
    await using folder = await createTempFolder();
    await write(folder.path, {
      '.marteau.yml': 'script: a.test.ts\n',
      'a.test.ts':
        "import { test } from 'node:test'; test('one', () => { new EventSource('/news').close(); });",
    });
    const { code, out } = await marteau(folder.path, 'check');
    assert.equal(code, exitCodes.pass);
    assert.match(out, /--experimental-eventsource only; .* `node --import marteau --test`/);
  });

  test('says what the file amounts to', async () => {
    await using folder = await createTempFolder();
    await write(folder.path, {
      '.marteau.yml': 'script: a.test.ts\ncycles: 1:5\nduration: 1m\n',
      'a.test.ts': "import { test } from 'node:test'; test('one', () => {});",
    });
    assert.match((await marteau(folder.path, 'check')).out, /2 cycles x 1 min[\s\S]*one {2}a\.test\.ts:1/);
    const many = await marteau(folder.path, 'check', '--set', `cycles=${1001 * availableParallelism()}`);
    assert.match(many.out, /More than 1000 users of a thread share instances/);
  });
});
