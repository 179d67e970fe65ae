import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startTargetServer, type TargetServer } from '@marteau/testkit';
import { startGateServer } from './house/gate-server.ts';
import { type House, openHouse } from './house/house.ts';
import { plainProject } from './house/projects.ts';

describe('deadlines', { concurrency: 1 }, () => {
  let house: House;
  let target: TargetServer;
  let count = 0;
  before(async () => {
    house = await openHouse({
      env: { MARTEAU_CLONE_TIMEOUT: '1.5', MARTEAU_INSTALL_TIMEOUT: '1.5', MARTEAU_BEFORE_TIMEOUT: '1.5' },
    });
    target = await startTargetServer();
  });
  after(async () => {
    await house[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
  });

  async function run(more: string, files: Record<string, string> = {}) {
    count += 1;
    const repo = await house.git.createRepo(`late-${count}`, { ...plainProject(target.url, more), ...files });
    return house.ends(await house.submit(repo.url));
  }

  test('a clone that hangs', async () => {
    await using gate = await startGateServer(house.git.url);
    const repo = await house.git.createRepo('late', plainProject(target.url));
    gate.shut();
    const ended = await house.ends(await house.submit(repo.url.replace(house.git.url, gate.url)));
    assert.equal(ended.reasonCode, 'clone-deadline', ended.reason ?? '');
    assert.match(ended.reason!, /took longer than 2 s and was ended/);
  });

  test('a before that hangs', async () => {
    const ended = await run('before: sleep 600\n');
    assert.equal(ended.reasonCode, 'before-failed', ended.reason ?? '');
    assert.match(
      ended.reason!,
      /"sleep 600" of before did not succeed: it took longer than 1\.5 s and was ended/,
    );
  });

  test("an app's setup that hangs", async () => {
    const ended = await run('app: {setup: sleep 600, command: "true"}\n');
    assert.equal(ended.reasonCode, 'app-setup-failed', ended.reason ?? '');
    assert.match(ended.reason!, /it took longer than 1\.5 s and was ended/);
  });

  test('a registry that hangs', async () => {
    await using gate = await startGateServer(house.git.url);
    gate.shut();
    const ended = await run('deps: [tiny]\n', { '.npmrc': `registry=${gate.url}/\n` });
    assert.equal(ended.reasonCode, 'install-deadline', ended.reason ?? '');
  });

  test('nothing is left of any of them', () => house.assertNothingLeft());
});
