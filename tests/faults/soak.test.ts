// Issue C, fault 13: many runs over one to five nodes, while workers are killed and frozen, runs cancelled, and Redis is
// killed, at random. MARTEAU_SEED=… repeats the blows of an earlier time; when they fall is the machine's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded } from '@marteau/shared';
import { startTargetServer, waitUntil } from '@marteau/testkit';
import { type House, openHouse } from '../house/house.ts';
import { scriptOf, visitHello } from '../house/projects.ts';
import { type Random, seededRandom } from './random.ts';
import { SOAK } from './size.ts';
import { assertSound } from './sound.ts';

const seed = Number(process.env.MARTEAU_SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`${SOAK.runs} runs on ${SOAK.workers} workers under ${SOAK.blows} blows (seed ${seed})`, {
  timeout: SOAK.timeoutMs,
}, async (t) => {
  const random = seededRandom(seed);
  await using target = await startTargetServer();
  await using house = await openHouse({ workers: SOAK.workers, env: { MARTEAU_PREFLIGHT: '0' } });
  const repos = await Promise.all(
    Array.from({ length: SOAK.mostNodes }, (_, n) => createRepo(house, target.url, n + 1)),
  );
  const ids: string[] = [];
  for (let n = 0; n < SOAK.runs; n++) {
    ids.push(await house.submit(random.pick(repos), { email: 'ana@example.com' }));
  }

  const over = new AbortController();
  const [counts] = await Promise.all([
    strike(house, ids, random, over.signal),
    allEnded(house, ids).finally(() => over.abort()),
  ]);
  const runs = await assertSound(house, ids);
  const ends = Object.groupBy(runs, ({ state, verdict, reasonCode }) => verdict ?? reasonCode ?? state);
  t.diagnostic(`blows: ${JSON.stringify(counts)}`);
  t.diagnostic(
    `ends: ${JSON.stringify(Object.fromEntries(Object.entries(ends).map(([end, list]) => [end, list!.length])))}`,
  );
  t.diagnostic(`${runs.filter(({ attempt }) => attempt > 1).length} runs got nodes more than once`);
  assert.ok(ends.pass, 'no run passed');
});

/** A project whose load takes a second, on so many nodes, beside others on the same target. */
async function createRepo(house: House, target: string, nodes: number): Promise<string> {
  const file = `script: plain.test.ts\ntarget: ${target}\nshared: true\nnodes: ${nodes}\ncycles: ${nodes}\nduration: 1s\nramp: 0s\n`;
  const repo = await house.git.createRepo(`soak-${nodes}`, {
    '.marteau.yml': file,
    'plain.test.ts': scriptOf(visitHello),
  });
  return repo.url;
}

/** One blow after the other until all have fallen, or there is nothing left to hit. */
async function strike(
  house: House,
  ids: readonly string[],
  random: Random,
  over: AbortSignal,
): Promise<Record<string, number>> {
  const falling: Promise<unknown>[] = [];
  const failed: unknown[] = [];
  const redis = async (): Promise<unknown> => {
    await house.redis.kill();
    return house.redis.restart();
  };
  const cancel = (): Promise<unknown> =>
    house.api('POST', `/runs/${random.pick(ids)}/cancel`).catch(() => {}); // it may have ended
  const kill = async (): Promise<unknown> => {
    const [victim] = house.workers.splice(random.below(house.workers.length), 1);
    const name = /"node":"([^"]+)"/.exec(victim!.output())![1];
    await victim!.kill();
    await sleep(random.below(3000));
    return house.startWorker(name);
  };
  const freeze = async (): Promise<unknown> => {
    const victim = random.pick(house.workers);
    victim.signal('SIGSTOP');
    await sleep(300 + random.below(11_000));
    return victim.signal('SIGCONT');
  };

  const { blows, redisKills, cancels } = SOAK;
  const others = blows - redisKills - cancels;
  const line = shuffled(random, {
    redis: redisKills,
    cancel: cancels,
    kill: Math.ceil(others / 2),
    freeze: Math.floor(others / 2),
  });
  const counts: Record<string, number> = {};
  const does = { redis, cancel, kill, freeze };
  for (const blow of line) {
    await sleep(300 + random.below(1500), undefined, { signal: over }).catch(() => {});
    if (over.aborted) break;
    counts[blow] = (counts[blow] ?? 0) + 1;
    const done = does[blow]().catch((error: unknown) => failed.push(error));
    falling.push(done);
    // Blows fall on what others have hit; but half of the workers stay, and Redis comes back.
    if (blow === 'redis' || house.workers.length <= SOAK.workers / 2) await done;
  }
  await Promise.all(falling);
  assert.deepEqual(failed, []);
  return counts;
}

/** Each name as often as asked for, in a random order. */
function shuffled<Name extends string>(random: Random, times: Record<Name, number>): Name[] {
  const names = (Object.entries(times) as [Name, number][]).flatMap(([name, n]) => Array<Name>(n).fill(name));
  return names
    .map((name) => ({ name, place: random.below(2 ** 31) }))
    .sort((a, b) => a.place - b.place)
    .map(({ name }) => name);
}

async function allEnded(house: House, ids: readonly string[]): Promise<void> {
  const left = [...ids];
  await waitUntil(
    'all runs to be over',
    async () => {
      while (left.length > 0 && hasEnded((await house.run(left[0]!)).state)) left.shift();
      return left.length === 0;
    },
    { deadlineMs: SOAK.timeoutMs, everyMs: 200 },
  );
}
