import assert from 'node:assert/strict';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readResults } from '@marteau/report/schema';
import {
  createTempFolder,
  freePort,
  markProcesses,
  startApp,
  startBrowser,
  waitUntil,
} from '@marteau/testkit';
import { makeRepository } from '../scripts/demo/make-repository.ts';

const shop = join(import.meta.dirname, '../examples/shop');

test('four workers of npm start run the example over three nodes, each with a line of its own', async () => {
  await using folder = await createTempFolder();
  await using mark = markProcesses({ folder: folder.path });
  const port = await freePort();
  await using _server = await startApp('examples/shop/server.ts', {
    env: { ...mark.env, PORT: String(port) },
    ready: /open on/,
  });
  const project = join(folder.path, 'project');
  await cp(shop, project, { recursive: true });
  await writeFile(
    join(project, '.marteau.yml'),
    `name: The shop\nscript: loadtest/browse.test.ts\ntarget: http://127.0.0.1:${port}\nnodes: 3\ncycles: 6\nduration: 8s\nramp: 0s\nthresholds: [errors < 50%, failures < 50%]\n`,
  );
  const repo = await makeRepository(project, join(folder.path, 'shop'));
  await using app = await startApp('scripts/start.ts', {
    args: ['--nodes', '4'],
    env: {
      MARTEAU_DATA: join(folder.path, 'data'),
      MARTEAU_ALLOW_PRIVATE: '1',
      REDIS_URL: undefined,
      PORT: '0',
      ...mark.env,
    },
    ready: /Marteau is listening/,
  });
  await using browser = await startBrowser();
  await using tab = await browser.openPage();
  const { page } = tab;
  await page.goto(app.url!);
  await page.getByLabel('Repository', { exact: true }).fill(repo);
  await page.getByRole('button', { name: 'Run the load test' }).click();
  await page.waitForURL(/\/runs\/r[0-9a-z]+$/);
  const { href } = new URL(page.url());

  const chart = page.locator('[data-chart=nodes]');
  await chart.waitFor({ state: 'visible', timeout: 90_000 });
  await waitUntil('three lines', async () => (await chart.locator('.curve').count()) === 3);
  assert.deepEqual((await chart.locator('text.direct').allTextContents()).sort(), ['n1', 'n2', 'n3']);
  await page.getByRole('link', { name: 'Open the report' }).waitFor({ timeout: 90_000 });

  const results = readResults(await (await fetch(`${href}/results.json`)).text());
  assert.equal(results.run.nodes, 3);
  assert.ok(results.labels.length > 2);
});
