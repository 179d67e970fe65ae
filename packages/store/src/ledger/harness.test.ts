import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded, type Run } from '@marteau/shared';
import { waitUntil } from '@marteau/testkit';
import { findings, startSkews } from '../fixtures/harness/findings.ts';
import type { HarnessSettings, Witness } from '../fixtures/harness/settings.ts';
import { openTestbed, submission } from '../fixtures/testbed.ts';
import { redisKeys } from '../redis/keys.ts';

// Real workers, a real Redis, and somebody who kills them. MARTEAU_HARNESS=long does it for minutes.
const long = process.env.MARTEAU_HARNESS === 'long';
const size = long
  ? { workers: 8, runs: 200, blows: 90, redisKills: 3, cancels: 8, deadlineMs: 600_000 }
  : { workers: 5, runs: 24, blows: 10, redisKills: 1, cancels: 3, deadlineMs: 120_000 };

const rules = { leaseMs: 3000, overtakeMs: 600_000, barrierMs: 10_000, maxAttempts: 10, maxTries: 10 };
const workerFile = join(import.meta.dirname, '../fixtures/harness/worker.ts');
const below = (n: number) => Math.floor(Math.random() * n);

/** A worker that comes back whenever it is killed. */
function keepAlive(settings: HarnessSettings) {
  let child: ChildProcess;
  let over = false;
  const start = (): void => {
    child = spawn(process.execPath, [workerFile, JSON.stringify(settings)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.once('exit', () => {
      if (!over) setTimeout(start, below(2) ? 100 : 2500);
    });
  };
  start();
  return {
    kill: () => child.kill('SIGKILL'),
    async freeze(ms: number) {
      const frozen = child;
      frozen.kill('SIGSTOP');
      await sleep(ms);
      frozen.kill('SIGCONT');
    },
    async end() {
      over = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

test('kills, freezes, cancels and Redis kills: every run ends once, nothing leaks, nobody is overtaken', {
  timeout: 660_000,
}, async (t) => {
  await using bed = await openTestbed();
  const store = await bed.open({ rules });
  const witnessFile = join(bed.dataFolder, 'witness.ndjson');
  const workers = Array.from({ length: size.workers }, (_, i) =>
    keepAlive({ redisUrl: bed.redis.url, dataFolder: bed.dataFolder, name: `n${i}`, witnessFile, rules }),
  );
  const runs = async (ids: string[]) => (await Promise.all(ids.map((id) => store.runs.get(id)))) as Run[];
  const witnesses = async () =>
    (await readFile(witnessFile, 'utf8'))
      .trim()
      .split('\n')
      .map((line): Witness => JSON.parse(line));
  try {
    await waitUntil('all workers', async () => (await store.nodes.list()).length === size.workers, {
      deadlineMs: 60_000,
    });
    const ids: string[] = [];
    for (let i = 0; i < size.runs; i++) ids.push((await store.runs.submit(submission())).id);

    let over = false;
    const counts = { kills: 0, freezes: 0, redisKills: 0 };
    const blows = (async () => {
      for (let i = 0; i < size.blows && !over; i++) {
        await sleep(200 + below(1200));
        const victim = workers[below(workers.length)]!;
        if (
          (i + 1) % Math.ceil(size.blows / (size.redisKills + 1)) === 0 &&
          counts.redisKills < size.redisKills
        ) {
          counts.redisKills++;
          await bed.redis.kill();
          await bed.redis.restart();
        } else if (below(2)) {
          counts.freezes++;
          void victim.freeze(300 + below(5000));
        } else {
          counts.kills++;
          victim.kill();
        }
      }
    })();
    const cancels = (async () => {
      for (let i = 0; i < size.cancels && !over; i++) {
        await sleep(1500);
        await store.runs.cancel(ids[below(ids.length)]!, { kind: 'api', id: 'somebody' }).catch(() => {});
      }
    })();

    await waitUntil('all runs to end', async () => (await runs(ids)).every((run) => hasEnded(run.state)), {
      deadlineMs: size.deadlineMs,
      everyMs: 300,
    });
    over = true;
    await Promise.all([blows, cancels]);
    await waitUntil('all that is left to be done', async () => (await leftOf(bed.raw)).length === 0, {
      deadlineMs: 60_000,
    }).catch(async () => assert.deepEqual(await leftOf(bed.raw), []));

    const ended = await runs(ids);
    const seen = await witnesses();
    assert.deepEqual(findings(ended, seen), []);
    const folders = await Promise.all(ids.map((id) => store.folders.of(id).text('run.json')));
    assert.ok(folders.every(Boolean), 'every run has its folder');
    const skews = startSkews(seen);
    const tally = Object.entries(
      Object.groupBy(ended, ({ state, reasonCode }) => `${state} ${reasonCode ?? ''}`),
    );
    t.diagnostic(
      JSON.stringify({
        ...counts,
        runs: Object.fromEntries(tally.map(([name, list]) => [name.trim(), list?.length])),
        retried: ended.filter(({ attempt }) => attempt > 1).length,
        startSkewMs: { p50: skews[skews.length >> 1], max: skews.at(-1) },
      }),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.end()));
  }
});

/** What must be empty once every run has ended. */
async function leftOf(raw: Awaited<ReturnType<typeof openTestbed>>['raw']): Promise<string[]> {
  const one = [
    'queue',
    'groups',
    'groupplace',
    'unmet',
    'preflights',
    'summoned',
    'returning',
    'barrier',
    'jobs',
    'unreported',
    'doomed',
    'owed',
    'closing',
    'outbox',
  ] as const;
  const left: string[] = [];
  for (const kind of one) if (await raw.exists(redisKeys[kind]())) left.push(kind);
  const each = ['group', 'blocked', 'submitter', 'target', 'ready', 'done', 'nodejobs', 'run'] as const;
  for (const kind of each) left.push(...(await raw.keys(`${redisKeys[kind]('')}*`)));
  for (const node of await raw.smembers(redisKeys.nodes())) {
    const slot = await raw.hget(redisKeys.node(node), 'slot');
    if (slot) left.push(`${node} has ${slot}`);
  }
  return left;
}
