import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { strongestSandbox } from '@marteau/launch';
import {
  createTempFolder,
  startSmtpServer,
  startTargetServer,
  type TargetServer,
  type TempFolder,
  waitUntil,
} from '@marteau/testkit';
import { startGateServer } from './house/gate-server.ts';
import { type ApiRun, type House, openHouse } from './house/house.ts';
import { plainProject } from './house/projects.ts';

describe('SIGKILL of the worker', { concurrency: 1 }, () => {
  let house: House;
  let target: TargetServer;
  let folder: TempFolder;
  let count = 0;
  before(async () => {
    house = await openHouse();
    target = await startTargetServer();
    folder = await createTempFolder();
  });
  after(async () => {
    await house[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  async function submit(more = ''): Promise<string> {
    count += 1;
    const repo = await house.git.createRepo(`killed-${count}`, plainProject(target.url, more));
    return house.submit(repo.url);
  }

  /** A shell command that says that it is there, and waits until it is let go. */
  function waiting(name: string): { command: string; here: () => boolean; letGo: () => Promise<void> } {
    const [here, go] = [join(folder.path, `${name}-here`), join(folder.path, `${name}-go`)];
    return {
      command: `touch ${here}; until [ -e ${go} ]; do sleep 0.05; done`,
      here: () => existsSync(here),
      letGo: () => writeFile(go, ''),
    };
  }

  /** Kills the worker and starts another one under its name; nothing of the first is left. */
  async function killAndStartAgain(): Promise<void> {
    const worker = house.workers.pop()!;
    await worker.kill();
    // Where no namespace is permitted, the next start sweeps.
    const { isSealed } = strongestSandbox();
    if (isSealed) await nothingRuns();
    const next = await house.startWorker();
    if (!isSealed) await nothingRuns(next.pid);
  }

  function nothingRuns(...but: number[]): Promise<unknown> {
    const own = new Set([process.pid, house.web.pid, ...but]);
    return waitUntil('its programs to be gone', () => house.mark.alive().every(({ pid }) => own.has(pid)), {
      deadlineMs: 5000,
    });
  }

  async function endsOnce(id: string, deadlineMs = 90_000): Promise<ApiRun> {
    const run = await house.ends(id, deadlineMs);
    const events = (await house.file(id, 'events.ndjson')).trim().split('\n');
    const ends = events
      .map((line) => JSON.parse(line)[1])
      .filter(({ type, state }) => type === 'state' && ['finished', 'error', 'cancelled'].includes(state));
    assert.equal(ends.length, 1, `it ended ${ends.length} times`);
    await house.assertNothingLeft();
    return run;
  }

  test('while it clones: another one prepares the run', async () => {
    await using gate = await startGateServer(house.git.url);
    const repo = await house.git.createRepo('killed-clone', plainProject(target.url));
    gate.shut();
    const id = await house.submit(repo.url.replace(house.git.url, gate.url));
    await waitUntil('the clone to hang', () => gate.waiting > 0);
    await killAndStartAgain();
    gate.open();
    const run = await endsOnce(id);
    assert.equal(run.verdict, 'pass', run.reason ?? '');
  });

  for (const [stage, more] of [
    ['in before', (command: string) => `before: "${command}"\n`],
    ['while the app is set up', (command: string) => `app: {setup: "${command}", command: node app.mjs}\n`],
  ] as const) {
    test(`${stage}: the run gets nodes again`, async () => {
      const hold = waiting(stage.replaceAll(' ', '-'));
      count += 1;
      const repo = await house.git.createRepo(`killed-${count}`, {
        ...plainProject(target.url, more(hold.command)),
        'app.mjs':
          "import { createServer } from 'node:http'; createServer((_, r) => r.end('hello')).listen(process.env.PORT, '127.0.0.1');",
      });
      const id = await house.submit(repo.url);
      await waitUntil(stage, hold.here);
      await killAndStartAgain();
      await hold.letGo();
      const run = await endsOnce(id);
      assert.equal(run.verdict, 'pass', run.reason ?? '');
      assert.equal(run.attempt, 2);
    });
  }

  test('while it generates load: the run ends, and says that its node was lost', async () => {
    target.forget();
    const id = await submit('warmup: 2s\n');
    await waitUntil('load', () => target.seen.requests > 5);
    await killAndStartAgain();
    const run = await endsOnce(id);
    assert.equal(run.reasonCode, 'nodes-lost', run.reason ?? run.verdict ?? '');
    assert.match(run.reason!, /^node-1 was lost while the load ran/);
  });

  test('in after: all was measured by then, and is judged', async () => {
    const hold = waiting('after');
    const id = await submit(`after: "${hold.command}"\n`);
    await waitUntil('after', hold.here);
    await killAndStartAgain();
    await hold.letGo();
    const run = await endsOnce(id);
    assert.equal(run.verdict, 'pass', run.reason ?? '');
    assert.match(await house.file(id, 'results.json'), /node-1, which generated share 1, was lost/);
  });

  test('while it makes the report: another one makes it', async () => {
    const id = await submit();
    const events = await fetch(`${house.url}/api/v1/runs/${id}/events`);
    let seen = '';
    for await (const chunk of events.body!.pipeThrough(new TextDecoderStream())) {
      seen += chunk;
      if (seen.includes('"state":"reporting"')) break;
    }
    await killAndStartAgain();
    const run = await endsOnce(id);
    assert.equal(run.verdict, 'pass', run.reason ?? '');
    assert.match(await house.file(id, 'report.html'), /<html/);
  });
});

test('SIGKILL of the worker while it mails: the mail goes out, and the run is as it was', async () => {
  await using smtp = await startSmtpServer();
  await using target = await startTargetServer();
  await using house = await openHouse({ env: { SMTP_URL: smtp.url, MARTEAU_URL: 'http://127.0.0.1' } });
  smtp.mood = 'hanging';
  const repo = await house.git.createRepo('mailed', plainProject(target.url));
  const id = await house.submit(repo.url, { email: 'ana@example.com' });
  const run = await house.ends(id);
  await waitUntil('the mail to hang', () => smtp.connections > 0);
  await house.workers.pop()!.kill();
  smtp.mood = 'accepting';
  await house.startWorker();
  await waitUntil('the mail', () => smtp.mails.length > 0, { deadlineMs: 120_000 });
  assert.deepEqual(await house.run(id), run);
});
