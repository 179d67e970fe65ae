import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { RunEvent } from '@marteau/shared';
import { startBrowser, startTargetServer, type TargetServer, waitUntil } from '@marteau/testkit';
import { followRun } from '../scripts/demo/follow-run.ts';
import { type House, openHouse } from './house/house.ts';
import { plainProject } from './house/projects.ts';

describe('restarts in the middle of a run', { concurrency: 1 }, () => {
  let house: House;
  let target: TargetServer;
  let count = 0;
  before(async () => {
    // Scripts and test meet by files, of which a contained script would see none.
    house = await openHouse({ env: { MARTEAU_CONTAIN: 'off' } });
    target = await startTargetServer();
  });
  after(async () => {
    await house[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
  });

  async function submit(warmup = '4s'): Promise<string> {
    count += 1;
    const repo = await house.git.createRepo(
      `restart-${count}`,
      plainProject(target.url, `warmup: ${warmup}\n`),
    );
    target.forget();
    const id = await house.submit(repo.url);
    await house.until(id, 'under load', () => target.seen.requests > 20);
    return id;
  }

  /** Follows a run as a live page does, over every break of the connection. */
  function follow(id: string): { events: RunEvent[]; over: Promise<void> } {
    const events: RunEvent[] = [];
    const read = async (): Promise<void> => {
      for await (const event of followRun(house.url, id, AbortSignal.timeout(120_000))) events.push(event);
    };
    return { events, over: read() };
  }

  function assertWhole(events: readonly RunEvent[]): void {
    const seconds = events.flatMap((event) => (event.type === 'tick' ? event.second : []));
    assert.deepEqual(seconds, [...seconds.keys()], 'a second is missing, or there twice');
    const states = events.flatMap((event) => (event.type === 'state' && !event.phase ? event.state : []));
    assert.equal(states.at(-1), 'finished');
  }

  test('SIGKILL of the web: the run goes on, the page catches up', async () => {
    await using browser = await startBrowser();
    await using tab = await browser.openPage({ expected: [/./] });
    const id = await submit();
    const followed = follow(id);
    await tab.page.goto(`${house.url}/runs/${id}`);
    await tab.page.locator('#charts').waitFor({ state: 'visible' });
    await house.web.kill();
    await house.startWeb();
    const run = await house.ends(id);
    assert.equal(run.verdict, 'pass', run.reason ?? '');
    await followed.over;
    assertWhole(followed.events);
    await tab.page.getByRole('link', { name: 'Open the report' }).waitFor({ timeout: 60_000 });
  });

  test('a restart of Redis: the run goes on, and nothing of it is lost', async () => {
    const id = await submit();
    const followed = follow(id);
    await house.redis.restart();
    const run = await house.ends(id);
    assert.equal(run.verdict, 'pass', run.reason ?? '');
    assert.equal(run.attempt, 1);
    await followed.over;
    assertWhole(followed.events);
  });

  test('SIGKILL of Redis: the run ends once, and the service goes on', async () => {
    const id = await submit();
    await house.redis.kill();
    await house.redis.restart();
    const run = await house.ends(id, 120_000);
    assert.ok(run.verdict === 'pass' || run.reason, 'it has neither a verdict nor a reason');
    const repo = await house.git.createRepo('after-the-kill', plainProject(target.url));
    const next = await house.ends(await house.submit(repo.url), 120_000);
    assert.equal(next.verdict, 'pass', next.reason ?? '');
  });

  test('a Redis that is away for longer than a lease: the load ends by itself before that', async () => {
    const id = await submit('20s');
    house.redis.pause();
    await waitUntil('the load to end', () => target.seen.open === 0, { deadlineMs: 15_000 });
    house.redis.resume();
    const run = await house.ends(id, 120_000);
    assert.equal(run.reasonCode, 'nodes-lost', run.reason ?? run.verdict ?? '');
    assert.equal(run.attempt, 1);
    await house.assertNothingLeft();
  });

  test('a Redis that is away for longer than a lease, before the load: the run gets nodes again', async () => {
    const here = join(house.data, 'before-once');
    const repo = await house.git.createRepo(
      'away-before',
      plainProject(target.url, `before: "test -e ${here} || { touch ${here}; sleep 600; }"\n`),
    );
    const id = await house.submit(repo.url);
    await waitUntil('before', () => existsSync(here));
    house.redis.pause();
    await waitUntil('the programs of the run to be ended', () => !isRunning('sleep 600'), {
      deadlineMs: 15_000,
    });
    house.redis.resume();
    const run = await house.ends(id, 120_000);
    assert.equal(run.verdict, 'pass', run.reason ?? '');
    assert.equal(run.attempt, 2);
    await house.assertNothingLeft();
  });

  /** Whether a program of the house does this. */
  function isRunning(command: string): boolean {
    return house.mark.alive().some((each) => each.command.includes(command));
  }
});
