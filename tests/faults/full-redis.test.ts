// Issue C, fault 7: Redis is full while runs run. Nothing new is taken, what runs ends, and it heals.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { answerOf, startTargetServer, type TargetServer, waitUntil } from '@marteau/testkit';
import { type House, openHouse } from '../house/house.ts';
import { plainProject } from '../house/projects.ts';
import { isLong, LONGEST_MS, TIMES } from './size.ts';
import { assertSound } from './sound.ts';

describe('a full Redis', { concurrency: 1, timeout: LONGEST_MS * 2 }, () => {
  let house: House;
  let target: TargetServer;
  let count = 0;
  before(async () => {
    house = await openHouse();
    target = await startTargetServer();
    // So that what its connections take is little beside what is there.
    await command('SETRANGE ballast 100000000 x');
  });
  after(async () => {
    for (const each of [house, target]) await each[Symbol.asyncDispose]();
  });

  const command = (line: string): Promise<string> => answerOf(house.redis, line);
  async function submit(more = ''): Promise<string> {
    count += 1;
    const repo = await house.git.createRepo(`full-${count}`, plainProject(target.url, more));
    return house.submit(repo.url, { email: 'ana@example.com' });
  }
  async function underLoad(): Promise<string> {
    target.forget();
    const id = await submit('warmup: 2s\n');
    await house.until(id, 'under load', () => target.seen.requests > 20);
    return id;
  }
  async function assertRefused(): Promise<void> {
    const known = (await house.api<{ runs: object[] }>('GET', '/runs')).runs.length;
    await assert.rejects(submit(), /^Error: 503: .*\(Redis\) is out of memory.*"code":"store-full"/);
    assert.equal((await house.api<{ runs: object[] }>('GET', '/runs')).runs.length, known);
  }
  async function assertHealed(ids: string[]): Promise<void> {
    await command('CONFIG SET maxmemory 0');
    const next = await waitUntil('a submission to be taken', () => submit());
    for (const run of await assertSound(house, [...ids, next]))
      assert.equal(run.verdict, 'pass', run.reason ?? '');
  }

  test(`nearly, ${TIMES} x: what runs ends meanwhile`, { timeout: LONGEST_MS }, async () => {
    for (let time = 0; time < TIMES; time++) {
      const id = await underLoad();
      const used = Number(/\bused_memory:(\d+)/.exec(await command('INFO memory'))![1]);
      await command(`CONFIG SET maxmemory ${Math.round(used / 0.93)}`);
      await waitUntil('it to be seen', async () => (await command('EXISTS marteau:1:full')).includes(':1'));
      await assertRefused();
      const run = await house.ends(id);
      assert.equal(run.verdict, 'pass', run.reason ?? '');
      await assertRefused();
      await assertHealed([id]);
    }
  });

  // packages/store tests this, too, without a whole house.
  if (isLong)
    test(`to the brim, ${TIMES} x: what runs ends once there is room`, { timeout: LONGEST_MS }, async () => {
      for (let time = 0; time < TIMES; time++) {
        const id = await underLoad();
        await command('CONFIG SET maxmemory 1mb');
        await assertRefused();
        await waitUntil('the load to end', () => target.seen.open === 0);
        await assertHealed([id]);
      }
    });
});
