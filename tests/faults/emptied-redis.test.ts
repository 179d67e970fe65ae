// Issue C, fault 8: Redis is emptied, or comes back without its data, in the middle of runs.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { answerOf, startTargetServer, type TargetServer, waitUntil } from '@marteau/testkit';
import { type ApiRun, type House, openHouse } from '../house/house.ts';
import { plainProject } from '../house/projects.ts';
import { isLong, LONGEST_MS, TIMES } from './size.ts';
import { assertSound } from './sound.ts';

describe('a Redis without its data', { concurrency: 1, timeout: LONGEST_MS * 2 }, () => {
  let house: House;
  let target: TargetServer;
  let count = 0;
  before(async () => {
    house = await openHouse({ workers: 2 });
    target = await startTargetServer();
  });
  after(async () => {
    for (const each of [house, target]) await each[Symbol.asyncDispose]();
  });

  async function submit(more = ''): Promise<string> {
    count += 1;
    const repo = await house.git.createRepo(`emptied-${count}`, plainProject(target.url, more));
    return house.submit(repo.url, { email: 'ana@example.com' });
  }

  const blows: Record<string, () => Promise<unknown>> = {
    'is emptied (FLUSHALL)': () => answerOf(house.redis, 'FLUSHALL'),
    'comes back without its data': () => house.redis.restart({ empty: true }),
  };

  for (const [name, blow] of Object.entries(blows).slice(0, isLong ? undefined : 1)) {
    test(`${name}, ${TIMES} x: what has ended comes back, what has not is named as lost`, {
      timeout: LONGEST_MS,
    }, async () => {
      for (let time = 0; time < TIMES; time++) {
        const done = await submit();
        await assertSound(house, [done]);
        const before = await house.run(done);
        target.forget();
        const running = await submit('warmup: 60s\n');
        await house.until(running, 'under load', () => target.seen.requests > 20);
        const waiting = await submit();
        await house.reaches(waiting, 'waiting');
        const pids = [house.web, ...house.workers].map(({ pid }) => pid);

        await blow();
        assert.deepEqual(await back(done), before);
        for (const id of [running, waiting]) {
          const lost = await back(id);
          assert.deepEqual([lost.state, lost.reasonCode], ['error', 'lost-with-redis']);
          assert.match(await page(`/runs/${id}`), /the queue \(Redis\) lost its data/);
        }
        assert.match(await page('/'), /Redis was found empty and was filled again from the folders/);
        await waitUntil('the load to end', () => target.seen.open === 0, { deadlineMs: 15_000 });

        const { id: again } = await house.api<ApiRun>('POST', `/runs/${waiting}/rerun`);
        const [run] = await assertSound(house, [again]);
        assert.equal(run!.verdict, 'pass', run!.reason ?? '');
        const alive = [house.web, ...house.workers].map(({ pid }) => pid);
        assert.deepEqual(alive, pids);
        for (const app of [house.web, ...house.workers]) assert.equal(await isAlive(app.ended), true);
      }
    });
  }

  const back = (id: string): Promise<ApiRun> =>
    waitUntil(`${id} to be back`, async () => {
      const run = await house.run(id);
      return (run.state === 'finished' || run.state === 'error') && run;
    });
  const page = async (path: string): Promise<string> => (await fetch(house.url + path)).text();
  const isAlive = (ended: Promise<unknown>): Promise<boolean> =>
    Promise.race([ended.then(() => false), new Promise<boolean>((done) => setImmediate(done, true))]);
});
