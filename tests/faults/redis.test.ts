// Issue C, faults 5 and 6: Redis is killed in the middle of runs, and is away for a while.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTargetServer, type TargetServer, waitUntil } from '@marteau/testkit';
import { type House, openHouse } from '../house/house.ts';
import { plainProject } from '../house/projects.ts';
import { AWAY_S, LONGEST_MS, TIMES } from './size.ts';
import { assertSound } from './sound.ts';

const LEASE_MS = 8000;
/** What a page may wait for an answer, ms, and what a busy machine adds. */
const ANSWER_MS = 2500 + 2000;
const RESUMES_MS = TIMES === 1 ? 30_000 : 15_000;

describe('Redis', { concurrency: 1, timeout: LONGEST_MS * 3 }, () => {
  let house: House;
  let target: TargetServer;
  let count = 0;
  before(async () => {
    house = await openHouse();
    target = await startTargetServer();
  });
  after(async () => {
    await house[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
  });

  async function submit(more = ''): Promise<string> {
    count += 1;
    const repo = await house.git.createRepo(`redis-${count}`, plainProject(target.url, more));
    return house.submit(repo.url, { email: 'ana@example.com' });
  }

  test(`SIGKILL three times during runs, ${TIMES} x: nothing is lost`, { timeout: LONGEST_MS }, async (t) => {
    const resumed: number[] = [];
    for (let time = 0; time < TIMES; time++) {
      target.forget();
      const ids = [await submit('warmup: 3s\n'), await submit(), await submit()];
      await house.until(ids[0]!, 'under load', () => target.seen.requests > 20);
      for (let kill = 0; kill < 3; kill++) {
        // What Redis wrote in the last second may be lost by its nature: the append-only file is synced once a second.
        await sleep(1500);
        await house.redis.kill();
        await house.redis.restart();
        const back = performance.now();
        await waitUntil('the web to be ready', async () => (await fetch(`${house.url}/readyz`)).ok);
        const took = Math.round(performance.now() - back);
        assert.ok(took < RESUMES_MS, `it took ${took} ms to resume`);
        resumed.push(took);
      }
      const runs = await assertSound(house, ids);
      for (const run of runs) assert.equal(run.verdict, 'pass', run.reason ?? '');
    }
    t.diagnostic(`resumed within ${Math.max(...resumed)} ms, ${resumed.length} times`);
  });

  test(`away for ${AWAY_S} s`, { timeout: LONGEST_MS }, async () => {
    const done = await submit();
    await assertSound(house, [done]);
    target.forget();
    const id = await submit('warmup: 60s\n');
    await house.until(id, 'under load', () => target.seen.requests > 20);
    const begun = performance.now();
    house.redis.pause();

    // Who submits is told soon, and nothing of it happens later.
    const asked = performance.now();
    const answer = await fetch(`${house.url}/api/v1/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ repo: `${house.git.url}/redis-1.git` }),
    });
    const took = performance.now() - asked;
    assert.equal(answer.status, 503);
    assert.equal(((await answer.json()) as { code: string }).code, 'store-unavailable');
    assert.ok(took < ANSWER_MS, `the answer took ${Math.round(took)} ms`);

    // Reports that are there are served all the while.
    const report = await fetch(`${house.url}/runs/${done}/report`);
    assert.equal(report.status, 200);
    assert.match(await report.text(), /<html/);

    // The load ends before others could take its node for dead.
    await waitUntil('the load to end', () => target.seen.open === 0, { deadlineMs: LEASE_MS + 4000 });
    await sleep(Math.max(0, AWAY_S * 1000 - (performance.now() - begun)));
    house.redis.resume();
    const [run] = await assertSound(house, [id]);
    assert.equal(run!.reasonCode, 'nodes-lost', run!.reason ?? run!.verdict ?? '');
    const { runs } = await house.api<{ runs: { id: string }[] }>('GET', '/runs');
    assert.equal(runs[0]!.id, id, 'what was refused was applied later');
  });
});
