import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readResults } from '@marteau/report/schema';
import { startBrowser, startSmtpServer, waitUntil } from '@marteau/testkit';
import { makeRepository } from '../scripts/demo/make-repository.ts';
import { openHouse } from './house/house.ts';

const shop = join(import.meta.dirname, '../examples/shop');

test('a person pastes a repository, watches it run, reads the report, and gets the mail', async () => {
  await using smtp = await startSmtpServer();
  await using house = await openHouse({
    env: { SMTP_URL: smtp.url, MARTEAU_URL: 'http://127.0.0.1', MARTEAU_MAIL_DOMAINS: 'example.com' },
  });
  await using browser = await startBrowser();
  await using tab = await browser.openPage();
  const { page } = tab;
  await makeRepository(shop, join(house.git.root, 'shop.git'));

  // The field is there and focused; "Look first" shows what the repository amounts to before anything is queued.
  await page.goto(house.url);
  await page.getByLabel('Repository', { exact: true }).fill(`${house.git.url}/shop.git`);
  await page.getByLabel(/Mail the report to/).fill('ana@example.com');
  await page.getByRole('button', { name: 'Look first' }).click();
  await page.getByText(/3 cycles x 10 s/).waitFor();
  await page.locator('#cycles').fill('2:4');
  await page.locator('#duration').fill('3s');
  await page.getByRole('button', { name: 'Run the load test' }).click();

  // The live page: the commit, the console, the charts, and then the end without a reload.
  await page.waitForURL(/\/runs\/r[0-9a-z]+$/);
  const id = new URL(page.url()).pathname.split('/').at(-1)!;
  await page.getByRole('log').getByText('The shop is open on').waitFor({ timeout: 60_000 });
  await page.locator('#charts').waitFor({ state: 'visible' });
  await page.getByRole('link', { name: 'Open the report' }).waitFor({ timeout: 60_000 });
  const run = await house.ends(id);
  assert.equal(run.verdict, 'pass', run.reason ?? '');
  assert.ok(run.summary!.requests > 50);
  assert.equal(run.commitSubject, 'Open the shop');

  // The report is one file that needs nothing else.
  await page.getByRole('link', { name: 'Open the report' }).click();
  await page
    .getByText(/thresholds held/)
    .first()
    .waitFor();
  const results = readResults(await house.file(id, 'results.json'));
  assert.equal(results.steps.length, 2);
  assert.ok(results.labels.some(({ name }) => name === 'GET /products/:id'));
  const files = await house.files(id);
  for (const name of [
    'run.json',
    'report.html',
    'results.json',
    'histograms.hlog',
    'console.log',
    'marteau.yml',
  ])
    assert.ok(files.includes(name), `${name} is not in the folder`);

  // The mail has the verdict in its subject, and a link that opens the report.
  const mail = await waitUntil('the mail', () => smtp.mails[0]);
  assert.deepEqual(mail.to, ['ana@example.com']);
  assert.match(mail.parsed.subject!, /^pass · The shop · p95 [\d.]+ ms, [\d.]+ requests\/s$/);
  assert.match(mail.parsed.messageId!, /^<[^@\s]+@marteau>$/);
  const link = /http:\/\/127\.0\.0\.1(\/runs\/\S+\/report\?key=\S+)/.exec(mail.parsed.text!)![1]!;
  assert.equal((await fetch(house.url + link)).status, 200);
  const mails = await waitUntil('the mail to be written down', async () => {
    const [text] = await page
      .goto(`${house.url}/runs/${id}`)
      .then(() => page.getByText('ana@example.com').allInnerTexts());
    return text;
  });
  assert.match(mails, /ana@example\.com/);
  await house.assertNothingLeft();
});
