// Issue C, fault 4: a worker that stands still for a while (SIGSTOP) never starts late and never publishes stale data.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readResults } from '@marteau/report/schema';
import type { RunEvent } from '@marteau/shared';
import {
  type AppProcess,
  createTempFolder,
  startTargetServer,
  type TargetServer,
  type TempFolder,
  waitUntil,
} from '@marteau/testkit';
import { type House, openHouse } from '../house/house.ts';
import { plainProject, scriptOf, visitHello } from '../house/projects.ts';
import { sees } from './sees.ts';
import { shellHold } from './shell-hold.ts';
import { FREEZES, LONGEST_MS } from './size.ts';
import { assertSound } from './sound.ts';

const LEASE_S = 8;

describe('a worker that stands still', { concurrency: 1, timeout: LONGEST_MS * 5 }, () => {
  let house: House;
  let target: TargetServer;
  let folder: TempFolder;
  let count = 0;
  before(async () => {
    // Scripts and test meet by files, of which a contained script would see none.
    house = await openHouse({ workers: 2, env: { MARTEAU_PREFLIGHT: '0', MARTEAU_CONTAIN: 'off' } });
    target = await startTargetServer();
    folder = await createTempFolder();
  });
  after(async () => {
    for (const each of [house, target, folder]) await each[Symbol.asyncDispose]();
  });

  async function submit(more = '', files: Record<string, string> = {}): Promise<string> {
    count += 1;
    target.forget();
    const repo = await house.git.createRepo(`frozen-${count}`, {
      ...plainProject(target.url, more),
      ...files,
    });
    return house.submit(repo.url, { email: 'ana@example.com' });
  }

  /** Who generates the run's load. */
  async function holderOf(id: string): Promise<AppProcess> {
    return waitUntil('the node of the run', async () => {
      const { nodes } = await house.api<{ nodes: { name: string; runId: string | null }[] }>('GET', '/nodes');
      const holder = nodes.find(({ runId }) => runId === id);
      return holder && house.workers.find((worker) => worker.output().includes(`runs as ${holder.name}\n`));
    });
  }

  /** How far apart the first seconds of the shares ended, ms, in the last attempt. */
  async function startsApart(id: string): Promise<number> {
    const lines = (await house.file(id, 'events.ndjson')).trim().split('\n');
    const firsts = new Map<number, number>();
    for (const line of lines) {
      const [, event] = JSON.parse(line) as [string, RunEvent];
      if (event.type === 'tick' && event.second === 0) firsts.set(event.share, event.at);
    }
    return Math.max(...firsts.values()) - Math.min(...firsts.values());
  }

  async function freeze(worker: AppProcess, seconds: number): Promise<void> {
    worker.signal('SIGSTOP');
    await sleep(seconds * 1000);
    worker.signal('SIGCONT');
  }

  for (const seconds of FREEZES) {
    test(`before the load, for ${seconds} s`, { timeout: LONGEST_MS }, async () => {
      const hold = shellHold(folder.path, `before-${count}`);
      const id = await submit(`before: "${hold.command}"\n`);
      await waitUntil('before', hold.isReached);
      const frozen = freeze(await holderOf(id), seconds);
      await sleep(seconds * 500);
      await hold.letGo();
      await frozen;
      const [run] = await assertSound(house, [id]);
      assert.equal(run!.verdict, 'pass', run!.reason ?? '');
      if (seconds < LEASE_S / 2) assert.equal(run!.attempt, 1);
    });

    test(`at the barrier, for ${seconds} s: nobody starts late`, { timeout: LONGEST_MS }, async () => {
      const [first, go] = [join(folder.path, `first-${count}`), join(folder.path, `go-${count}`)];
      const script = scriptOf(
        visitHello,
        `import { existsSync, readFileSync, writeFileSync } from 'node:fs';
try { writeFileSync('${first}', process.cwd(), { flag: 'wx' }); } catch {}
while (readFileSync('${first}', 'utf8') !== process.cwd() && !existsSync('${go}')) await think(50);`,
      );
      const id = await submit('nodes: 2\n', { 'plain.test.ts': script });
      await sees(house, id, 'running', 'waiting for the start');
      const path = await waitUntil('the first', () => existsSync(first) && readFileSync(first, 'utf8'));
      const waits = house.workers.find((worker) =>
        path.includes(`-${/runs as (\S+)/.exec(worker.output())![1]}.`),
      )!;
      // The other one gets to the barrier while this one stands still: the start passes it by.
      const frozen = freeze(waits, seconds);
      await writeFile(go, '');
      await frozen;
      const [run] = await assertSound(house, [id]);
      if (run!.verdict === 'pass') {
        const { nodes } = readResults(await house.file(id, 'results.json'));
        assert.equal(nodes.length, 2);
        const apart = await startsApart(id);
        assert.ok(apart < 1000, `their first seconds ended ${apart} ms apart`);
      } else assert.match(run!.reason!, /1 of 2 nodes was lost/);
    });

    test(`under load, for ${seconds} s`, { timeout: LONGEST_MS }, async () => {
      const id = await submit('warmup: 4s\n');
      await house.until(id, 'under load', () => target.seen.requests > 5);
      await freeze(await holderOf(id), seconds);
      await waitUntil('the load to end', () => target.seen.open === 0);
      const [run] = await assertSound(house, [id]);
      if (seconds < LEASE_S / 2) assert.equal(run!.verdict, 'pass', run!.reason ?? '');
      else assert.ok(run!.verdict === 'pass' || run!.reasonCode === 'nodes-lost', run!.reason ?? '');
    });

    test(`while it reports, for ${seconds} s: what is published stays`, { timeout: LONGEST_MS }, async () => {
      const id = await submit();
      await sees(house, id, 'reporting');
      // Whoever of the two makes the report, the other one is there.
      const [frozen] = house.workers;
      await freeze(frozen!, seconds);
      const [run] = await assertSound(house, [id]);
      assert.equal(run!.verdict, 'pass', run!.reason ?? '');
      const published = await house.file(id, 'results.json');
      await waitUntil('its lease to be renewed', async () => {
        const { nodes } = await house.api<{ nodes: { state: string }[] }>('GET', '/nodes');
        return nodes.every(({ state }) => state === 'idle');
      });
      assert.equal(await house.file(id, 'results.json'), published);
    });
  }
});
