// Issue C, fault 2: SIGKILL of the web during a submit. The run is absent or whole, and its Idempotency-Key gives it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Run } from '@marteau/shared';
import { type House, openHouse } from '../house/house.ts';
import { redisDoes } from './redis-does.ts';
import { isLong, LONGEST_MS, SUBMIT_KILLS_MS, TIMES } from './size.ts';
import { assertSound } from './sound.ts';

describe('SIGKILL of the web during a submit', { concurrency: 1, timeout: LONGEST_MS * 2 }, () => {
  let house: House;
  let repo: string;
  const known = new Set<string>();
  const tally = { absent: 0, whole: 0 };
  before(async () => {
    house = await openHouse();
    // Without a .marteau.yml: a run of it goes as far as a worker, and is soon over.
    repo = (await house.git.createRepo('bare', { 'README.md': 'nothing' })).url;
  });
  after(() => house[Symbol.asyncDispose]());

  const submit = (key: string): Promise<Response> =>
    fetch(`${house.url}/api/v1/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ repo, email: 'ana@example.com' }),
    });

  async function newRuns(): Promise<Run[]> {
    const { runs } = await house.api<{ runs: Run[] }>('GET', '/runs');
    return runs.filter(({ id }) => !known.has(id));
  }

  /** Each sends the request, or has it sent, and resolves when the blow is to fall. */
  const moments: Record<string, (send: () => Promise<unknown>) => Promise<unknown>> = {
    async 'before it has read the request'(send) {
      house.web.signal('SIGSTOP');
      void send();
      await sleep(50);
    },
    async 'while Redis does not answer'(send) {
      house.redis.pause();
      void send();
      await sleep(100);
    },
    async 'when Redis has just done it'(send) {
      await using done = await redisDoes(house.redis, /evalsha.*submitted/i);
      void send();
      await done.seen;
    },
    'when it has answered': (send) => send(),
    ...Object.fromEntries(
      SUBMIT_KILLS_MS.map((ms) => [
        `after ${ms} ms`,
        async (send) => {
          void send();
          await sleep(ms);
        },
      ]),
    ),
  };

  // A start of the web takes a second or more, so the short form has those moments that no other test has.
  const chosen = Object.entries(moments).filter(([name]) => isLong || /Redis|ms$/.test(name));
  for (const [name, isReached] of chosen) {
    test(`${name}, ${TIMES} x`, { timeout: LONGEST_MS }, async () => {
      for (let time = 0; time < TIMES; time++) {
        const key = randomUUID();
        await isReached(() => submit(key).catch(() => null));
        await house.web.kill();
        house.redis.resume();
        await house.startWeb();

        const [there, ...more] = await newRuns();
        assert.equal(more.length, 0, 'one request became several runs');
        tally[there ? 'whole' : 'absent'] += 1;
        if (there) assert.deepEqual([there.repo, there.submitter.id], [repo, 'api']);
        const answers = [await submit(key), await submit(key)];
        const ids = await Promise.all(answers.map(async (answer) => ((await answer.json()) as Run).id));
        const [id] = ids;
        assert.deepEqual(ids, [there?.id ?? id, id]);
        assert.deepEqual(await newRuns().then((runs) => runs.map((run) => run.id)), [id]);
        known.add(id!);
      }
    });
  }

  test('each of them ends once', { timeout: LONGEST_MS }, async (t) => {
    for (const run of await assertSound(house, [...known])) assert.equal(run.reasonCode, 'file-missing');
    t.diagnostic(`absent after the kill ${tally.absent} times, whole ${tally.whole} times`);
  });
});
