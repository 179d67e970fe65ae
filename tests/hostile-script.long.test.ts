import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { strongestSandbox } from '@marteau/launch';
import { startBrowser, startTargetServer, type TargetServer } from '@marteau/testkit';
import { type House, openHouse } from './house/house.ts';
import { scriptOf } from './house/projects.ts';

const MB = 1024 * 1024;
const visit = `
      const response = await fetch(process.env.MARTEAU_TARGET + '/hello');
      assert.equal(response.status, 200);
      await think(10);`;

/** An app that prints so many MB in short lines before it listens. */
const talkativeApp = (mb: number): string => `
  import { createServer } from 'node:http';
  const chunk = ('x'.repeat(99) + '\\n').repeat(10_000);
  process.stdout.write('the first line\\n');
  for (let i = 0; i < ${mb}; i++) if (!process.stdout.write(chunk)) await new Promise((go) => process.stdout.once('drain', go));
  process.stdout.write('the last line\\n');
  createServer((_, response) => response.end('hello')).listen(process.env.PORT, '127.0.0.1');`;

describe('scripts and apps that misbehave', { concurrency: 1 }, () => {
  let house: House;
  let target: TargetServer;
  let count = 0;
  before(async () => {
    house = await openHouse();
    target = await startTargetServer();
    // What a first run loads stays loaded, and a heap that has seen output keeps some room: that is no growth.
    const first = await house.ends(
      await run(scriptOf(visit), 'app: {command: node app.mjs}\n', { 'app.mjs': talkativeApp(40) }),
      120_000,
    );
    assert.equal(first.verdict, 'pass', first.reason ?? '');
  });
  after(async () => {
    await house[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
  });

  async function run(script: string, more = '', files: Record<string, string> = {}): Promise<string> {
    count += 1;
    const file = `name: Hostile\nscript: bad.test.ts\ncycles: 1\nduration: 2s\nramp: 0s\n${more}`;
    const repo = await house.git.createRepo(`hostile-${count}`, {
      '.marteau.yml': more.includes('app:') ? file : `${file}target: ${target.url}\n`,
      'bad.test.ts': script,
      ...files,
    });
    return house.submit(repo.url);
  }

  /** Most bytes that a process has ever had in memory. */
  function peakOf(pid: number): number {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) * 1024;
  }

  async function staysFlat(work: () => Promise<void>): Promise<void> {
    const processes = [house.web.pid, house.workers[0]!.pid];
    const before = processes.map(peakOf);
    await work();
    for (const [index, pid] of processes.entries()) {
      const grown = peakOf(pid) - before[index]!;
      assert.ok(
        grown < 150 * MB,
        `${index === 0 ? 'the web' : 'the worker'} grew by ${Math.round(grown / MB)} MB`,
      );
    }
  }

  test('200 MB on the console of the app: both ends are kept, and memory stays flat', async () => {
    await staysFlat(async () => {
      const id = await run(scriptOf(visit), 'app: {command: node app.mjs, timeout: 2m}\n', {
        'app.mjs': talkativeApp(200),
      });
      const ended = await house.ends(id, 120_000);
      assert.equal(ended.verdict, 'pass', ended.reason ?? '');
      const text = await house.file(id, 'console.log');
      assert.match(text, /app +\| the first line\n/);
      assert.match(text, /app +\| the last line\n/);
      assert.match(text, /characters were cut here: Marteau keeps the first and the last megabyte/);
      assert.ok(text.length < 3 * MB, `${text.length} characters were kept`);
    });
  });

  test('200 MB on the console of the script, while it is load', async () => {
    const noisy = scriptOf(
      `
      if (!printed) { printed = true; for (let i = 0; i < 200; i++) { process.stdout.write(chunk); await think(0); } }
      ${visit}`,
      "let printed = false;\nconst chunk = ('y'.repeat(99) + '\\n').repeat(10_000);",
    );
    await staysFlat(async () => {
      const ended = await house.ends(await run(noisy), 120_000);
      assert.equal(ended.state, 'finished', ended.reason ?? '');
    });
  });

  test('one line of 50 MB, and binary output', async () => {
    const before = `before:
  - node -e "process.stdout.write('z'.repeat(50e6)); process.stdout.write('\\nafter it\\n')"
  - head -c 2000000 /dev/urandom
`;
    await staysFlat(async () => {
      const id = await run(scriptOf(visit), before);
      const ended = await house.ends(id, 120_000);
      assert.equal(ended.verdict, 'pass', ended.reason ?? '');
      const text = await house.file(id, 'console.log');
      assert.match(text, /z{16384}… \[\d+ characters of this line were cut\]\n/);
      assert.match(text, /before +\| after it\n/);
      assert.doesNotMatch(text, /[\x00-\x08\x0b-\x1a\x1c-\x1f]/);
    });
  });

  test('daemons that detach themselves end with the run', async () => {
    const mark = `${Math.floor(Math.random() * 1e9)}.${process.pid}`;
    // Without namespaces a daemon that clears its environment cannot be found again.
    const { isSealed } = strongestSandbox();
    const daemon = `(cd / && setsid nohup ${isSealed ? 'env -i ' : ''}/bin/sleep ${mark} >/dev/null 2>&1 &)`;
    const script = scriptOf(
      visit,
      `import { spawn } from 'node:child_process';
spawn('/bin/sleep', ['${mark}'], { detached: true, stdio: 'ignore', cwd: '/'${isSealed ? ', env: {}' : ''} }).unref();`,
    );
    const id = await run(
      script,
      `before: "${daemon}"\nafter: "${daemon}"\napp: {command: "${daemon}; exec node app.mjs"}\n`,
      {
        'app.mjs':
          "import { createServer } from 'node:http'; createServer((_, r) => r.end('hello')).listen(process.env.PORT, '127.0.0.1');",
      },
    );
    const ended = await house.ends(id);
    assert.equal(ended.verdict, 'pass', ended.reason ?? '');
    assert.deepEqual(sleepers(mark), []);
  });

  test('a test that never ends is no pass, and the run ends in time', async () => {
    const ended = await house.ends(await run(scriptOf('await new Promise(() => {});')), 60_000);
    assert.equal(ended.state, 'finished', ended.reason ?? '');
    assert.equal(ended.verdict, 'fail');
    assert.match(ended.reason!, /No iteration finished/);
  });

  test('a script that loops for ever is ended, and its line is named', async () => {
    const ended = await house.ends(await run(scriptOf('\n  for (;;);')), 90_000);
    assert.equal(ended.reasonCode, 'script-stuck');
    assert.match(ended.reason!, /kept its thread busy/);
  });

  test('a test that exits the process fails, and takes nobody along', async () => {
    const id = await run(scriptOf('await think(10); process.exit(3);'));
    const ended = await house.ends(id);
    assert.equal(ended.verdict, 'fail', ended.reason ?? '');
    assert.match(await house.file(id, 'results.json'), /process\.exit\(3\) was called/);
  });

  test('HTML and ANSI in names, messages and console stay what they are', async () => {
    const evil = '<img src=x onerror=alert(1)>';
    const script = `import { test } from 'node:test';
      test('${evil}', async () => {
        console.log('\\x1b[31mred\\x1b[0m ${evil} \\x1b]0;title\\x07\\x1b[2J');
        const response = await fetch(process.env.MARTEAU_TARGET + '/status/500');
        if (!response.ok) throw new Error('${evil}');
      });`;
    await using browser = await startBrowser();
    await using tab = await browser.openPage();
    const { page } = tab;
    let dialogs = 0;
    page.on('dialog', (dialog) => {
      dialogs += 1;
      void dialog.dismiss();
    });
    const id = await run(script, `description: "${evil}"\n`.concat(`metadata: {ticket: "${evil}"}\n`));
    await page.goto(`${house.url}/runs/${id}`);
    const ended = await house.ends(id);
    assert.equal(ended.verdict, 'fail', ended.reason ?? '');
    await page.goto(`${house.url}/runs/${id}`);
    await page.getByRole('log').getByText(evil).first().waitFor();
    await page.goto(`${house.url}/runs/${id}/report`);
    await page.getByText(evil).filter({ visible: true }).first().waitFor();
    assert.equal(await page.locator('img[src="x"]').count(), 0);
    assert.equal(dialogs, 0);
  });

  test('symbolic links and submodules are said and not followed', async () => {
    const repo = await house.git.createRepo('links', {
      '.marteau.yml': `script: plain.test.ts\ntarget: ${target.url}\ncycles: 1\nduration: 1s\n`,
      'plain.test.ts': scriptOf(visit),
      '.gitmodules': `[submodule "evil"]\n\tpath = evil\n\turl = ${house.git.url}/hostile-1.git\n`,
    });
    await repo.git(
      '-c',
      'protocol.file.allow=always',
      'update-index',
      '--add',
      '--cacheinfo',
      `160000,${'1'.repeat(40)},evil`,
    );
    await repo.git('commit', '--quiet', '--message=Add a submodule');
    const asked = house.git.requests.length;
    const id = await house.submit(repo.url);
    const ended = await house.ends(id);
    assert.equal(ended.verdict, 'pass', ended.reason ?? '');
    assert.match(await house.file(id, 'console.log'), /submodule evil is not fetched/);
    assert.ok(house.git.requests.slice(asked).every(({ url }) => url.startsWith('/links.git')));
  });

  test('nothing is left of any of them', () => house.assertNothingLeft());
});

/** Who sleeps for this long, which only a daemon of ours does. */
function sleepers(mark: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`sleep\0${mark}`);
    } catch {
      return false; // it has ended meanwhile
    }
  });
}
