import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStore } from '@marteau/store';
import { createTempFolder, startApp, startBrowser, startRedis, waitUntil } from '@marteau/testkit';
import { pino } from 'pino';
import { consoleEvent, joinNode, submitRun, tickEvent } from '../fixtures/drive-run.ts';

test('the web is killed and Redis restarts in the middle of a run: the page catches up, nothing lost or doubled', async () => {
  await using redis = await startRedis();
  await using folder = await createTempFolder();
  await using browser = await startBrowser();
  const store = await openStore({
    redisUrl: redis.url,
    dataFolder: folder.path,
    log: pino({ level: 'silent' }),
    clientName: 'test',
    kind: 'worker',
    rules: { leaseMs: 60_000 },
  });
  const env = { REDIS_URL: redis.url, MARTEAU_DATA: folder.path, MARTEAU_LOG: 'error' };
  let web = await startApp('apps/web/src/server.ts', { env: { ...env, PORT: '0' } });
  try {
    await using tab = await browser.openPage({ expected: [/ERR_|Failed to load resource|503/] });
    const { page } = tab;
    const url = web.url!;
    const shown = async () =>
      (await page.locator('#console > div').allTextContents()).filter((line) => /^\d+$/.test(line));
    const run = await submitRun(store);
    await run.enterLine();
    const node = await joinNode(store, 'n1');
    await run.start(node);
    await run.say(consoleEvent('1'), tickEvent(1));
    await page.goto(`${url}/runs/${run.id}`);
    await waitUntil('the first line', async () => (await shown()).length === 1);

    await web.kill();
    await run.say(consoleEvent('2'), tickEvent(2));
    await page.getByText('The server does not answer').waitFor();
    web = await startApp('apps/web/src/server.ts', { env: { ...env, PORT: new URL(url).port } });
    await waitUntil('the page to catch up', async () => (await shown()).length === 2);
    await page.getByText('The server does not answer').waitFor({ state: 'hidden' });

    await redis.restart();
    await waitUntil('Redis to take events again', async () => {
      await run.say(consoleEvent('3'), tickEvent(3));
      return true;
    });
    await waitUntil('the third line', async () => (await shown()).length >= 3);
    await run.finish();
    await page.locator('.title .badge.pass').waitFor();
    assert.deepEqual(await shown(), ['1', '2', '3']);
    await page.locator('[data-chart=users]').focus();
    await page.keyboard.press('End');
    await page.locator('[data-chart=users] .now', { hasText: '0:03 10' }).waitFor();
  } finally {
    await web.stop();
    await store.close();
  }
});
