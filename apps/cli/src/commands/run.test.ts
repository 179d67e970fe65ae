import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readResults } from '@marteau/report/schema';
import {
  againWhenLoud,
  createTempFolder,
  markProcesses,
  startGitServer,
  startTargetServer,
  waitUntil,
} from '@marteau/testkit';
import { exitCodes } from '../exit-codes.ts';
import { marteau, start, write } from '../fixtures/command-line.ts';

const script = `
  import { test } from 'node:test';
  import assert from 'node:assert/strict';
  test('hello', async () => {
    const response = await fetch('/hello');
    assert.equal(response.status, 200);
    await new Promise((resolve) => setTimeout(resolve, 5));
  });`;

/** A project that loads a target for a second. */
function project(target: string, more = ''): Record<string, string> {
  return {
    '.marteau.yml': `name: Plain\nscript: plain.test.ts\ntarget: ${target}\ncycles: 2\nduration: 1s\nthresholds: [errors < 1%]\n${more}`,
    'plain.test.ts': script,
  };
}

const app = `
  import { createServer } from 'node:http';
  console.log('the app listens');
  createServer((_, response) => response.end(process.env.TOKEN)).listen(process.env.PORT, '127.0.0.1');`;

describe('marteau run', () => {
  test('runs a folder, shows how it goes, and writes the report', async () => {
    await using target = await startTargetServer();
    await using folder = await createTempFolder();
    await write(folder.path, project(target.url));
    const { code, out, err } = await marteau(folder.path, 'run');
    assert.equal(code, exitCodes.pass, err);
    assert.match(err, /Plain: 1 cycle x 1 s/);
    assert.match(err, /00:01 {2}2 users {2}.*\/s {2}p50 .* p95 .* p99 .* 0 errors/);
    assert.match(out, /PASS .*\n[\s\S]*2 users [\s\S]*✓ errors 0 %/);
    const file = /Report: (.*)\n/.exec(out)?.[1] ?? '';
    assert.match(await readFile(file, 'utf8'), /<html/);
    const names = await readdir(join(file, '..'));
    for (const name of ['results.json', 'histograms.hlog', 'console.log', 'marteau.yml', 'junit.xml'])
      assert.ok(names.includes(name), `${name} is in ${names}`);
    assert.equal(await readFile(join(folder.path, 'marteau-runs/.gitignore'), 'utf8'), '*\n');
    const results = readResults(await readFile(join(file, '../results.json'), 'utf8'));
    assert.equal(results.run.trigger, 'cli');
    assert.ok(target.seen.requests > 10);
  });

  test('fails where the target stands still in the middle, though all that it answered came in time', async () => {
    let begun = 0;
    const target = createHttpServer((_, response) => {
      begun ||= Date.now();
      if (Date.now() - begun < 1500) response.end('hello');
    });
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    await using folder = await createTempFolder();
    const { port } = target.address() as AddressInfo;
    await write(folder.path, {
      '.marteau.yml': `script: plain.test.ts\ntarget: http://127.0.0.1:${port}\nload: [{users: 2, for: 5s}]\nthresholds: [p95 < 1s]\n`,
      'plain.test.ts': script,
    });
    const once = (): ReturnType<typeof marteau> => {
      begun = 0;
      return marteau(folder.path, 'run', '--out', 'report');
    };
    const { code, out, err } = await againWhenLoud(once, ({ out }) => out);
    target.closeAllConnections();
    target.close();
    assert.equal(code, exitCodes.fail, err);
    const said =
      /The target stood still: nothing finished in the last \d s, while 2 requests waited; GET \/hello for/;
    assert.match(out, said);
    assert.match(await readFile(join(folder.path, 'report/report.html'), 'utf8'), said);
  });

  test('compares a run with the good ones before it, and says what of it is in no commit', async () => {
    await using target = await startTargetServer();
    await using folder = await createTempFolder();
    await write(folder.path, project(target.url));
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', ...args], {
        cwd: folder.path,
      });
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '--message=Load the shop');
    const run = async () => {
      const { code, out, err } = await marteau(folder.path, 'run', '--json');
      assert.equal(code, exitCodes.pass, err);
      return readResults(await readFile(join(JSON.parse(out).folder, 'results.json'), 'utf8'));
    };
    assert.equal((await run()).run.commitSubject, 'Load the shop');
    await write(folder.path, { 'plain.test.ts': `${script}\n// changed` });
    const { comparison, run: changed, environment } = await run();
    assert.notEqual(comparison, null);
    assert.equal(changed.commitSubject, 'with changes that are in no commit, on top of: Load the shop');
    assert.match(JSON.stringify(environment), /with changes that are in no commit/);
  });

  test('starts before and the app, gives the script their words, and runs after', async () => {
    await using folder = await createTempFolder();
    await write(folder.path, {
      '.marteau.yml': `script: plain.test.ts
app: {command: node app.mjs, ready: /}
before: echo "TOKEN=t1" >> "$MARTEAU_ENV"
after: echo "cleaned up $TOKEN" | tee cleaned
env: {PASSWORD: "\${secrets.PASSWORD}"}
cycles: 1
duration: 1s
`,
      'app.mjs': app,
      'plain.test.ts': `
        import { test } from 'node:test';
        import assert from 'node:assert/strict';
        console.log('the password is', process.env.PASSWORD);
        test('hello', async () => assert.equal(await (await fetch('/')).text(), process.env.TOKEN));`,
    });
    const running = start(['run', '--out', 'report'], {
      cwd: folder.path,
      env: { PASSWORD: 'hunter2-hunter2' },
    });
    const { code, err } = await running.ended;
    assert.equal(code, exitCodes.pass, err);
    assert.match(err, /app {4}\| the app listens/);
    assert.match(err, /the password is \*\*\*/);
    assert.match(err, /after {2}\| cleaned up t1/);
    assert.ok(existsSync(join(folder.path, 'cleaned')));
    assert.match(await readFile(join(folder.path, 'report/console.log'), 'utf8'), /the app listens/);
    assert.doesNotMatch(await readFile(join(folder.path, 'report/results.json'), 'utf8'), /hunter2/);
  });

  test('takes overrides, and answers as JSON', async () => {
    await using target = await startTargetServer();
    await using folder = await createTempFolder();
    await write(folder.path, project('http://127.0.0.1:1', 'profiles: {tiny: {duration: 1s}}\n'));
    const { code, out, err } = await marteau(
      folder.path,
      ...['run', '--profile', 'tiny', '--target', target.url, '--set', 'cycles=1:2', '--json', '--quiet'],
      ...['--set', 'thresholds=["p95 < 1us"]'],
    );
    assert.equal(code, exitCodes.fail, err);
    assert.equal(err, '');
    const told = JSON.parse(out);
    assert.deepEqual(
      [told.v, told.verdict, told.exitCode, told.thresholds[0].outcome],
      [1, 'fail', 1, 'fail'],
    );
    assert.ok(told.summary.requests > 0);
    const results = readResults(await readFile(join(told.folder, 'results.json'), 'utf8'));
    assert.equal(results.steps.length, 2);
    assert.equal(results.run.profile, 'tiny');
  });

  test('of which the generator was the limit is invalid, and says what to do', async () => {
    await using folder = await createTempFolder();
    const computes = `
      import { test } from 'node:test';
      test('computes', () => { for (const end = performance.now() + 5; performance.now() < end; ); });`;
    await write(folder.path, {
      '.marteau.yml': 'script: plain.test.ts\ncycles: 20\nduration: 6s\nramp: 0s\n',
      'plain.test.ts': computes,
    });
    const { code, out, err } = await marteau(folder.path, 'run');
    assert.equal(code, exitCodes.invalid, err);
    assert.match(out, /INVALID {2}The generator, not the target, shaped the numbers: .*[Uu]se more nodes/);
  });

  test('does not fail by a threshold at a load that an override took away, and says so', async () => {
    await using target = await startTargetServer();
    await using folder = await createTempFolder();
    const file = project(target.url)['.marteau.yml']!.replace('[errors < 1%]', '[p95 < 1us at 2 users]');
    await write(folder.path, { ...project(target.url), '.marteau.yml': file });
    const { code, out } = await marteau(folder.path, 'run', '--set', 'cycles=1');
    assert.equal(code, exitCodes.pass, out);
    assert.match(
      out,
      /PASS .* Not judged, because no stage of this run was at that load: p95 < 1us at 2 users\./,
    );
  });

  test('fetches a repository at a ref, and leaves nothing of it', async () => {
    await using target = await startTargetServer();
    await using server = await startGitServer();
    await using folder = await createTempFolder();
    const repo = await server.createRepo('plain', project(target.url));
    const { code, out, err } = await marteau(folder.path, 'run', repo.url, '--ref', 'main', '--json');
    assert.equal(code, exitCodes.pass, err);
    assert.match(err, /Commit [0-9a-f]{8} "/);
    assert.match(JSON.parse(out).commit, /^[0-9a-f]{40}$/);
    assert.deepEqual(await readdir(folder.path), ['marteau-runs']);
  });

  test('tries once: each test one time, its requests, and why it failed', async () => {
    await using target = await startTargetServer();
    await using folder = await createTempFolder();
    const two = `${script}\ntest('missing', async () => assert.equal((await fetch('/status/404')).status, 200));`;
    await write(folder.path, { ...project(target.url), 'plain.test.ts': two });
    const { code, out, err } = await marteau(folder.path, 'run', '--once');
    assert.equal(code, exitCodes.fail, err);
    assert.match(out, /✓ hello/);
    assert.match(out, /✗ missing/);
    assert.match(
      out,
      /GET \/hello {2}200[\s\S]*GET \/hello HTTP\/1\.1[\s\S]*HTTP\/1\.1 200 OK[\s\S]*hello world/,
    );
    assert.match(out, /plain\.test\.ts:\d+/);
    assert.equal(target.seen.requests, 2);
    assert.equal(existsSync(join(folder.path, 'marteau-runs')), false);
  });
});

describe('Ctrl-C', () => {
  const endless = 'duration: 1h\n';
  async function begun(more: string) {
    const target = await startTargetServer();
    const folder = await createTempFolder();
    const mark = markProcesses({ folder: folder.path });
    const files = project(target.url);
    await write(folder.path, {
      ...files,
      '.marteau.yml': `${files['.marteau.yml']!.replace('duration: 1s\n', endless)}${more}`,
      'app.mjs': app,
    });
    const running = start(['run'], { cwd: folder.path, env: mark.env });
    await waitUntil('the load', () => /^00:0\d /m.test(running.said.err));
    return {
      ...running,
      mark,
      folder: folder.path,
      async [Symbol.asyncDispose]() {
        running.child.kill('SIGKILL');
        await running.ended;
        await folder[Symbol.asyncDispose]();
        await target[Symbol.asyncDispose]();
      },
    };
  }
  const withApp = 'app: {command: node app.mjs, ready: /}\nafter: echo cleaned > cleaned\n';

  test('once ends the load, and what was recorded is judged and reported', async () => {
    await using run = await begun(withApp);
    run.child.kill('SIGINT');
    const { code, out, err } = await run.ended;
    assert.equal(code, exitCodes.pass, err);
    assert.match(out, /Report: /);
    assert.match(err, /Ctrl-C again ends at once/);
    const file = /Report: (.*)\n/.exec(out)?.[1] ?? '';
    assert.equal(readResults(await readFile(join(file, '../results.json'), 'utf8')).run.stopped, true);
    assert.deepEqual(run.mark.alive(), []);
  });

  test('twice ends it at once, without a report, with `after`, and with nothing left', async () => {
    await using run = await begun(withApp);
    run.child.kill('SIGINT');
    run.child.kill('SIGTERM');
    const { code, out } = await run.ended;
    assert.equal(code, exitCodes.cancelled);
    assert.doesNotMatch(out, /Report/);
    assert.ok(existsSync(join(run.folder, 'cleaned')));
    assert.deepEqual(run.mark.alive(), []);
  });

  test('thrice leaves `after`, too, with nothing left', async () => {
    await using run = await begun('after: echo tidying up; sleep 600\n');
    // Two of one kind at once would be heard as one; the second later might only come when the load is over.
    run.child.kill('SIGINT');
    run.child.kill('SIGTERM');
    await waitUntil('`after` to run', () => run.said.err.includes('tidying up'));
    // The kernel may hand over either of the first two first.
    await waitUntil('the end', () => {
      run.child.kill('SIGINT');
      return run.child.exitCode !== null || run.child.signalCode !== null;
    });
    const { code, out } = await run.ended;
    assert.equal(code, exitCodes.cancelled);
    assert.doesNotMatch(out, /Report/);
    await waitUntil('all to be gone', () => run.mark.alive().length === 0);
  });

  test('before the load ends it at once: there is nothing to judge', async () => {
    await using folder = await createTempFolder();
    const mark = markProcesses({ folder: folder.path });
    const never = 'app: {command: sleep 600, ready: /, timeout: 10m}\n';
    await write(folder.path, project('http://127.0.0.1:1', never));
    const running = start(['run'], { cwd: folder.path, env: mark.env });
    await waitUntil('the app', () => running.said.err.includes('Starting the app'));
    running.child.kill('SIGINT');
    const { code, err } = await running.ended;
    assert.equal(code, exitCodes.cancelled, err);
    assert.match(err, /Ended before there was anything to judge/);
    assert.deepEqual(mark.alive(), []);
  });

  test('SIGKILL of the command leaves no process', async () => {
    await using run = await begun(withApp);
    assert.notDeepEqual(run.mark.alive(), []);
    run.child.kill('SIGKILL');
    await run.ended;
    await waitUntil('all to be gone', () => run.mark.alive().length === 0);
  });
});

describe('what cannot be run', () => {
  const cases: [string, Record<string, string>, string[], number, RegExp][] = [
    [
      'a folder that is not there',
      {},
      ['run', 'nowhere'],
      exitCodes.usage,
      /nowhere does not exist\. Give the folder/,
    ],
    ['a file', { 'a.txt': '' }, ['run', 'a.txt'], exitCodes.usage, /a\.txt is a file\. Give the folder/],
    ['a folder without a file', {}, ['run'], exitCodes.file, /There is no \.marteau\.yml.*marteau init/],
    [
      'a file with mistakes',
      { '.marteau.yml': 'script: a.ts\ndurration: 2m\n' },
      ['run'],
      exitCodes.file,
      /\.marteau\.yml:2:1/,
    ],
    [
      'an unknown profile',
      project('http://127.0.0.1:1'),
      ['run', '--profile', 'x'],
      exitCodes.usage,
      /profile 'x'/,
    ],
    [
      'a wrong override',
      project('http://127.0.0.1:1'),
      ['run', '--set', 'x'],
      exitCodes.usage,
      /FIELD=VALUE/,
    ],
    [
      'JSON that is none',
      project('http://127.0.0.1:1'),
      ['run', '--set', 'load=[x'],
      exitCodes.usage,
      /is none/,
    ],
    [
      'an override of no field',
      project('http://127.0.0.1:1'),
      ['run', '--set', 'nu=1'],
      exitCodes.usage,
      /nu/,
    ],
    [
      'a ref of a folder',
      project('http://127.0.0.1:1'),
      ['run', '--ref', 'main'],
      exitCodes.usage,
      /--ref goes with/,
    ],
    ['an address of no repository', {}, ['run', 'ssh://a/b'], exitCodes.usage, /ssh/],
    [
      'a script that throws when it is loaded',
      { ...project('http://127.0.0.1:1'), 'plain.test.ts': "import 'node:test';\nnull.x;" },
      ['run'],
      exitCodes.script,
      /threw at plain\.test\.ts:2/,
    ],
    [
      'a script without a test',
      { ...project('http://127.0.0.1:1'), 'plain.test.ts': '' },
      ['run'],
      exitCodes.script,
      /no test/,
    ],
    [
      'an app whose port is taken',
      {
        ...project('http://127.0.0.1:1', 'app: {command: node app.mjs, ready: /, timeout: 20s}\n'),
        'app.mjs':
          "import { createServer } from 'node:net'; createServer().listen(1 + Number(process.env.TAKEN) - 1, '127.0.0.1');",
      },
      ['run', '--set', 'env={"TAKEN":"$PORT"}'],
      exitCodes.surroundings,
      /EADDRINUSE[\s\S]*The app "node app\.mjs" was not ready before it ended/,
    ],
    [
      'a secret that nobody has',
      project('http://127.0.0.1:1', `env: {A: "\${secrets.NO_SUCH}"}\n`),
      ['run'],
      exitCodes.file,
      /NO_SUCH is not set\. Type: NO_SUCH=… marteau run/,
    ],
    [
      'before that fails',
      project('http://127.0.0.1:1', 'before: exit 3\n'),
      ['run'],
      exitCodes.surroundings,
      /"exit 3" of before did not succeed/,
    ],
    [
      'a folder for the report that is a file',
      { ...project('http://127.0.0.1:1'), taken: '' },
      ['run', '--out', 'taken'],
      exitCodes.surroundings,
      /taken cannot be read or written: a file of that name is there/,
    ],
  ];
  for (const [what, files, args, expected, sentence] of cases) {
    test(`${what} is told, and ends with ${expected}`, async () => {
      await using folder = await createTempFolder();
      const taken = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => taken.once('listening', resolve));
      const { port } = taken.address() as { port: number };
      await write(folder.path, files);
      const { code, err } = await marteau(
        folder.path,
        ...args.map((arg) => arg.replace('$PORT', String(port))),
      );
      taken.close();
      assert.match(err, sentence);
      assert.equal(code, expected, err);
    });
  }

  test('a target that refuses fails, and says so', async () => {
    await using folder = await createTempFolder();
    await write(folder.path, project('http://127.0.0.1:1'));
    const { code, out } = await marteau(folder.path, 'run');
    assert.equal(code, exitCodes.fail);
    assert.match(out, /FAIL [\s\S]*ECONNREFUSED/);
  });

  test('a script that exits when it is loaded is told', async () => {
    await using target = await startTargetServer();
    await using folder = await createTempFolder();
    const exits = "import { test } from 'node:test'; process.exit(3);";
    await write(folder.path, { ...project(target.url), 'plain.test.ts': exits });
    const { code, err } = await marteau(folder.path, 'run');
    assert.equal(code, exitCodes.script, err);
    assert.match(err, /exit/);
  });

  test('--json tells what went wrong, too', async () => {
    await using folder = await createTempFolder();
    const { out } = await marteau(folder.path, 'run', '--json', '--quiet');
    const told = JSON.parse(out);
    assert.deepEqual([told.v, told.verdict, told.exitCode], [1, null, exitCodes.file]);
    assert.match(told.reason, /There is no \.marteau\.yml/);
  });
});
