import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBrowser, startGitServer, waitUntil } from '@marteau/testkit';
import { joinNode, submitRun } from '../fixtures/drive-run.ts';
import { openTestbed } from '../fixtures/testbed.ts';

const file =
  'name: Shop\nscript: load/home.test.ts\ncycles: 5:10\nduration: 10s\nprofiles: {smoke: {cycles: "1"}}\n';
const script = { 'load/home.test.ts': "import { test } from 'node:test';\n" };

test('home: paste, press Enter, and the run’s page is there', async () => {
  await using bed = await openTestbed();
  await using browser = await startBrowser();
  await using tab = await browser.openPage();
  const { page } = tab;
  await page.goto(bed.url);
  assert.equal(await page.evaluate('document.activeElement.id'), 'repo');
  await page.keyboard.type('https://127.0.0.1/team/shop');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/runs\/r/);
  await page.getByRole('heading', { name: 'team/shop' }).waitFor();
});

test('home renews itself, and the field keeps focus and text meanwhile', async () => {
  await using bed = await openTestbed();
  await using browser = await startBrowser();
  await using tab = await browser.openPage();
  const { page } = tab;
  await page.goto(bed.url);
  await page.getByText('No node is here').waitFor();
  await page.keyboard.type('https://exam');
  await joinNode(bed.store, 'fresh-node');
  const run = await submitRun(bed.store);
  await page.getByText('fresh-node').waitFor();
  await page.locator(`.line a[href="/runs/${run.id}"]`).waitFor();
  await page.keyboard.type('ple.com');
  assert.equal(await page.inputValue('#repo'), 'https://example.com');
  await page.locator(`.line a[href="/runs/${run.id}"]`).focus();
  await bed.store.runs.cancel(run.id, { kind: 'anonymous', id: 'x' });
  await page.locator('.runs .badge.cancelled').waitFor();
});

test('home says so when the server is away, and goes on when it is back', async () => {
  await using bed = await openTestbed();
  await using browser = await startBrowser();
  await using tab = await browser.openPage({ expected: [/503/] });
  const { page } = tab;
  await page.goto(bed.url);
  await bed.redis.kill();
  await page.getByText('what is shown may be old').waitFor();
  await bed.redis.restart();
  await joinNode(bed.store, 'back-again');
  await page.getByText('back-again').waitFor({ timeout: 60_000 });
  await page.getByText('what is shown may be old').waitFor({ state: 'hidden' });
});

test('the form fills in once the URL is typed, and judges what is changed', async () => {
  await using bed = await openTestbed();
  await using git = await startGitServer();
  await using browser = await startBrowser();
  await using tab = await browser.openPage();
  const { page } = tab;
  const { url: repo, commit } = await git.createRepo('shop', { '.marteau.yml': file, ...script });
  const look = Promise.withResolvers<void>();
  await page.route('**/api/v1/look', async (route) => {
    await look.promise;
    await route.continue();
  });
  await page.goto(`${bed.url}/new`);
  await page.getByText('Enter a repository').waitFor();
  await page.locator('#repo').fill(repo);
  await page.getByText(`Looking at ${repo}`).waitFor();
  assert.equal(await page.getByText('Enter a repository').count(), 0);
  look.resolve();
  await page.getByText('2 cycles x 10 s').waitFor();
  assert.equal(await page.locator('#known-ref option').getAttribute('value'), 'main');
  assert.equal(await page.getByLabel('Cycles').inputValue(), '5:10');
  assert.equal(await page.getByLabel('Script').inputValue(), 'load/home.test.ts');

  await page.getByLabel('Cycles').fill('1:2:3');
  await page.getByText('3 cycles x 10 s').waitFor();
  await page.getByLabel('Cycles').fill('many');
  await page.getByText('1 mistake', { exact: true }).waitFor();
  await page.getByLabel('Cycles').fill('');
  await page.getByText('2 cycles x 10 s').waitFor();
  await page.getByLabel('Profile').selectOption('smoke');
  await page.getByText('1 cycle x 10 s').waitFor();
  await page.getByLabel('Profile').selectOption('');
  await page.getByLabel('Duration').fill('1s');
  await page.getByText('2 cycles x 1 s').waitFor();
  assert.deepEqual((await bed.store.runs.list({ limit: 1 })).runs, []);

  await page.getByRole('button', { name: 'Run the load test' }).click();
  await page.waitForURL(/\/runs\/r/);
  const [run] = (await bed.store.runs.list({ limit: 1 })).runs;
  assert.deepEqual(run?.overrides, { duration: '1s' });

  await commit({ '.marteau.yml': 'script: load/home.test.ts\ncycels: 5\n' });
  await page.goto(`${bed.url}/new?repo=${encodeURIComponent(repo)}&ref=main`);
  await page.getByText("unknown field 'cycels'").waitFor();
  await page.getByText("did you mean 'cycles'?").waitFor();
});

test('a repository without the file, and one that is not there', async () => {
  await using bed = await openTestbed();
  await using git = await startGitServer();
  await using browser = await startBrowser();
  await using tab = await browser.openPage({ expected: [/422|400/] });
  const { page } = tab;
  const { url: repo } = await git.createRepo('none', { 'README.md': 'x' });
  await page.goto(`${bed.url}/new`);
  await page.locator('#repo').fill(repo);
  await page.getByText('There is no .marteau.yml in this repository yet').waitFor();
  await page.getByText('script: loadtest/home.test.ts').waitFor();
  await page.locator('#repo').fill('github.com/you/project');
  await page.locator('#repo').blur();
  await page.getByText('Did you mean https://github.com/you/project?').waitFor();
  await page.locator('#repo').fill(`${git.url}/nowhere.git`);
  await page.getByText('the host has no such repository').waitFor();
});

test('without JavaScript everything is there: look, run, watch, cancel', async () => {
  await using bed = await openTestbed();
  await using git = await startGitServer();
  await using browser = await startBrowser();
  await using tab = await browser.openPage({ javaScriptEnabled: false });
  const { page } = tab;
  const { url: repo } = await git.createRepo('shop', { '.marteau.yml': file, ...script });
  await page.goto(bed.url);
  await page.locator('#repo').fill(repo);
  await page.getByRole('button', { name: 'Look first' }).click();
  await page.getByText('2 cycles x 10 s').waitFor();
  assert.equal(await page.locator('#cycles').inputValue(), '5:10');
  await page.locator('#cycles').fill('3');
  await page.getByRole('button', { name: 'Look at the repository' }).click();
  await page.getByText('1 cycle x 10 s').waitFor();
  await page.getByRole('button', { name: 'Run the load test' }).click();
  await page.waitForURL(/\/runs\/r/);
  const [run] = (await bed.store.runs.list({ limit: 1 })).runs;
  assert.deepEqual(run?.overrides, { cycles: '3' });
  assert.equal(await page.locator('noscript meta[http-equiv=refresh], meta[http-equiv=refresh]').count(), 1);
  await page.frameLocator('iframe').locator('pre').waitFor();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Cancel it' }).click();
  await page.locator('.badge.cancelled').first().waitFor();
  await page.getByRole('button', { name: 'Dark' }).click();
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
  assert.match(page.url(), /\/runs\/r/);
});

test('signing in leads to where one wanted to go', async () => {
  await using bed = await openTestbed({ MARTEAU_ACCESS_TOKEN: 'correct-horse-battery' });
  await using browser = await startBrowser();
  await using tab = await browser.openPage({ expected: [/401/] });
  const { page } = tab;
  await page.goto(`${bed.url}/nodes`);
  await page.getByLabel('Access token').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByText('not the access token of this server').waitFor();
  await page.getByLabel('Access token').fill('correct-horse-battery');
  await page.keyboard.press('Enter');
  await page.waitForURL(`${bed.url}/nodes`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(/sign-in/);
  await waitUntil(
    'to be out',
    async () => (await page.request.get(`${bed.url}/api/v1/nodes`)).status() === 401,
  );
});
