// Issue C, fault 3: SIGTERM of a worker. It hands back what it has, or finishes it within its grace, and exits with 0.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  createTempFolder,
  startTargetServer,
  type TargetServer,
  type TempFolder,
  waitUntil,
} from '@marteau/testkit';
import { startGateServer } from '../house/gate-server.ts';
import { type House, openHouse } from '../house/house.ts';
import { plainProject } from '../house/projects.ts';
import { sees } from './sees.ts';
import { shellHold } from './shell-hold.ts';
import { LONGEST_MS, TIMES } from './size.ts';
import { assertSound } from './sound.ts';

const GRACE_S = 5;

describe('SIGTERM of a worker', { concurrency: 1, timeout: LONGEST_MS * 7 }, () => {
  let house: House;
  let target: TargetServer;
  let folder: TempFolder;
  let count = 0;
  before(async () => {
    // Commands and test meet by files, of which a contained command would see none.
    house = await openHouse({ env: { MARTEAU_GRACE: String(GRACE_S), MARTEAU_CONTAIN: 'off' } });
    target = await startTargetServer();
    folder = await createTempFolder();
  });
  after(async () => {
    for (const each of [house, target, folder]) await each[Symbol.asyncDispose]();
  });

  async function submit(more = ''): Promise<string> {
    count += 1;
    target.forget();
    const repo = await house.git.createRepo(`asked-${count}`, plainProject(target.url, more));
    return house.submit(repo.url, { email: 'ana@example.com' });
  }

  async function endsWell(): Promise<void> {
    const worker = house.workers.pop()!;
    worker.signal('SIGTERM');
    assert.deepEqual(await worker.ended, { code: 0, signal: null }, worker.output().slice(-2000));
  }

  function fault(name: string, work: () => Promise<void>): void {
    test(`${name}, ${TIMES} x`, { timeout: LONGEST_MS }, async () => {
      for (let time = 0; time < TIMES; time++) await work();
    });
  }

  fault('while it is idle', async () => {
    await endsWell();
    await house.startWorker();
  });

  fault('while it clones: another one prepares the run', async () => {
    await using gate = await startGateServer(house.git.url);
    count += 1;
    const repo = await house.git.createRepo(`asked-${count}`, plainProject(target.url));
    gate.shut();
    const id = await house.submit(repo.url.replace(house.git.url, gate.url));
    await waitUntil('the clone to hang', () => gate.waiting > 0);
    await endsWell();
    gate.open();
    await house.startWorker();
    const [run] = await assertSound(house, [id]);
    assert.equal(run!.verdict, 'pass', run!.reason ?? '');
  });

  fault('before the load: the run gets nodes again', async () => {
    const hold = shellHold(folder.path, `before-${count}`);
    const id = await submit(`before: "${hold.command}"\n`);
    await waitUntil('before', hold.isReached);
    await endsWell();
    await hold.letGo();
    await house.startWorker();
    const [run] = await assertSound(house, [id]);
    assert.equal(run!.verdict, 'pass', run!.reason ?? '');
    assert.equal(run!.attempt, 2);
  });

  fault('under a load that is over within its grace: it finishes it', async () => {
    const id = await submit();
    await house.until(id, 'under load', () => target.seen.requests > 20);
    await endsWell();
    await house.startWorker();
    const [run] = await assertSound(house, [id]);
    assert.equal(run!.verdict, 'pass', run!.reason ?? '');
    assert.equal(run!.attempt, 1);
  });

  fault('under a load that takes longer: the node was stopped, and the load is over', async () => {
    const id = await submit('warmup: 60s\n');
    await house.until(id, 'under load', () => target.seen.requests > 20);
    await endsWell();
    assert.equal(target.seen.open, 0, 'the load goes on without its worker');
    await house.startWorker();
    const [run] = await assertSound(house, [id]);
    assert.equal(run!.reasonCode, 'nodes-lost', run!.reason ?? run!.verdict ?? '');
    assert.match(
      run!.reason!,
      /was stopped \(the server, or the worker, was asked to end\) while the load ran/,
    );
  });

  fault('while it reports: it finishes, or another one does', async () => {
    const id = await submit();
    await sees(house, id, 'reporting');
    await endsWell();
    await house.startWorker();
    const [run] = await assertSound(house, [id]);
    assert.equal(run!.verdict, 'pass', run!.reason ?? '');
  });
});
