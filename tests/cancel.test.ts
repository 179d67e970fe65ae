import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  createTempFolder,
  startTargetServer,
  type TargetServer,
  type TempFolder,
  waitUntil,
} from '@marteau/testkit';
import { startGateServer } from './house/gate-server.ts';
import { type ApiRun, type House, openHouse } from './house/house.ts';
import { plainProject, scriptOf } from './house/projects.ts';

/** What the promise of 2 s may take longer on a machine that does other things, too. */
const LATEST_MS = 2000 + 2000;

describe('cancelling and stopping', { concurrency: 1 }, () => {
  let house: House;
  let target: TargetServer;
  let folder: TempFolder;
  let count = 0;
  before(async () => {
    // Scripts and test meet by files, of which a contained script would see none.
    house = await openHouse({ env: { MARTEAU_CONTAIN: 'off' } });
    target = await startTargetServer();
    folder = await createTempFolder();
  });
  after(async () => {
    await house[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  async function submit(more = '', files: Record<string, string> = {}): Promise<string> {
    count += 1;
    const repo = await house.git.createRepo(`cancel-${count}`, {
      ...plainProject(target.url, more),
      ...files,
    });
    return house.submit(repo.url);
  }

  /** Cancels and waits for the end; resolves with how long it took, ms. */
  async function cancel(id: string): Promise<{ run: ApiRun; tookMs: number }> {
    const begun = performance.now();
    await house.api('POST', `/runs/${id}/cancel`);
    const run = await house.ends(id, 40_000);
    return { run, tookMs: performance.now() - begun };
  }

  async function isCancelled(id: string): Promise<void> {
    const { run, tookMs } = await cancel(id);
    assert.equal(run.state, 'cancelled', run.reason ?? '');
    assert.ok(tookMs < LATEST_MS, `it took ${Math.round(tookMs)} ms`);
    await house.assertNothingLeft();
    assert.equal((await house.file(id, 'run.json')).includes('"cancelled"'), true);
  }

  test('while it is cloned', async () => {
    await using gate = await startGateServer(house.git.url);
    const repo = await house.git.createRepo('cancel-clone', plainProject(target.url));
    gate.shut();
    const id = await house.submit(repo.url.replace(house.git.url, gate.url));
    await waitUntil('the clone to hang', () => gate.waiting > 0);
    await isCancelled(id);
  });

  test('while it waits for a node', async () => {
    const first = await submit('before: sleep 600\n');
    await house.reaches(first, 'running');
    const second = await submit();
    const { run, tookMs } = await cancel(second);
    assert.equal(run.state, 'cancelled');
    assert.ok(tookMs < LATEST_MS, `it took ${Math.round(tookMs)} ms`);
    await isCancelled(first);
  });

  for (const [where, more] of [
    ['in before', (command: string) => `before: "${command}"\n`],
    ["in the app's setup", (command: string) => `app: {setup: "${command}", command: "true"}\n`],
    ['while the app starts', (command: string) => `app: {command: "${command}"}\n`],
  ] as const) {
    test(`${where}, also when SIGTERM is not heard`, async () => {
      const here = join(folder.path, `here-${count}`);
      const id = await submit(more(`trap '' TERM; touch ${here}; sleep 600 & wait; sleep 600`));
      await waitUntil(where, () => existsSync(here));
      await isCancelled(id);
    });
  }

  test('while the script is loaded', async () => {
    const here = join(folder.path, 'loading');
    const script = scriptOf(
      '',
      `import { writeFileSync } from 'node:fs';\nwriteFileSync('${here}', '');\nawait think(600_000);`,
    );
    const id = await submit('', { 'plain.test.ts': script });
    await waitUntil('the script', () => existsSync(here));
    await isCancelled(id);
  });

  test('while it generates load: no request comes after 2 s, and its numbers are thrown away', async () => {
    target.forget();
    const id = await submit('warmup: 60s\n');
    await house.until(id, 'under load', () => target.seen.requests > 20);
    const begun = performance.now();
    await house.api('POST', `/runs/${id}/cancel`);
    await waitUntil('all connections to be closed', () => target.seen.open === 0, { deadlineMs: LATEST_MS });
    const stopped = performance.now() - begun;
    assert.ok(stopped < LATEST_MS, `the load went on for ${Math.round(stopped)} ms`);
    const run = await house.ends(id);
    assert.equal(run.state, 'cancelled');
    assert.equal(run.reportUrl, null);
    await house.assertNothingLeft();
  });

  test('after runs when a run is cancelled', async () => {
    target.forget();
    const id = await submit('warmup: 60s\nafter: echo cleaning up\n');
    await house.until(id, 'under load', () => target.seen.requests > 5);
    const { run } = await cancel(id);
    assert.equal(run.state, 'cancelled');
    assert.match(await house.file(id, 'console.log'), /after +\| cleaning up/);
  });

  test('cancelling twice is the same as once, and too late is said', async () => {
    const id = await submit('before: sleep 600\n');
    await house.reaches(id, 'running');
    await house.api('POST', `/runs/${id}/cancel`);
    await house
      .api('POST', `/runs/${id}/cancel`)
      .catch((error: Error) => assert.match(error.message, /wrong-state/));
    assert.equal((await house.ends(id)).state, 'cancelled');
    await assert.rejects(house.api('POST', `/runs/${id}/cancel`), /409/);
  });

  test('stop and report keeps what was measured', async () => {
    target.forget();
    const id = await submit('', {
      '.marteau.yml': `script: plain.test.ts\ntarget: ${target.url}\ncycles: 2\nduration: 5m\nramp: 0s\n`,
    });
    await house.until(id, 'under load', () => target.seen.requests > 50);
    await house.api('POST', `/runs/${id}/stop`);
    const run = await house.ends(id, 30_000);
    assert.equal(run.state, 'finished', run.reason ?? '');
    assert.equal(run.stopped, true);
    assert.equal(run.verdict, 'pass', run.reason ?? '');
    assert.ok(run.summary!.requests > 20);
    await house.assertNothingLeft();
  });

  test('a worker that is asked to end hands a run back before its start, and exits with 0', async () => {
    const here = join(folder.path, 'handed');
    const id = await submit(`before: "test -e ${here} || { touch ${here}; sleep 600; }"\n`);
    await waitUntil('before', () => existsSync(here));
    const worker = house.workers.pop()!;
    worker.signal('SIGTERM');
    assert.deepEqual(await worker.ended, { code: 0, signal: null });
    await house.startWorker();
    const run = await house.ends(id);
    assert.equal(run.verdict, 'pass', run.reason ?? '');
  });

  test('a worker that is asked to end finishes a load that is nearly over', async () => {
    target.forget();
    const id = await submit();
    await house.until(id, 'under load', () => target.seen.requests > 20);
    const worker = house.workers.pop()!;
    worker.signal('SIGTERM');
    assert.deepEqual(await worker.ended, { code: 0, signal: null });
    await house.startWorker();
    const run = await house.ends(id);
    assert.equal(run.verdict, 'pass', run.reason ?? '');
    assert.equal(run.attempt, 1);
  });
});
