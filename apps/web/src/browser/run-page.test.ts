import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBrowser, waitUntil } from '@marteau/testkit';
import { consoleEvent, finishedRun, joinNode, submitRun, tickEvent } from '../fixtures/drive-run.ts';
import { ask, openTab } from '../fixtures/open-tab.ts';
import { resultsOf, slowerThan, thresholds } from '../fixtures/results.ts';
import { openTestbed } from '../fixtures/testbed.ts';

test('a run’s page follows it from the line to its summary without a reload', async () => {
  await using bed = await openTestbed();
  await using browser = await startBrowser();
  await using tab = await openTab(browser);
  const { page } = tab;
  const run = await submitRun(bed.store);
  await page.goto(`${bed.url}/runs/${run.id}`);
  await page.evaluate('window.sameDocument = true');
  const says = page.locator('.says');
  const before = await ask(page, "places('.acts')");

  await run.enterLine();
  await page.getByText('Number 1 in the line').first().waitFor();
  assert.equal(
    await page.getByRole('link', { name: 'a1b2c3d4' }).getAttribute('href'),
    `https://github.com/mozilla/marketplace/commit/${'a1b2c3d4'.repeat(5)}`,
  );

  const node = await joinNode(bed.store, 'n1');
  const share = await run.start(node);
  await says.getByText('The load runs.').waitFor();
  await bed.store.runs.setPhase(share, {
    name: 'measuring',
    progress: 0.5,
    detail: 'cycle 2 of 4',
    leftMs: 90_000,
  });
  await page.getByText('measuring: cycle 2 of 4, about 1 min 30 s left').waitFor();
  await run.say(
    consoleEvent('\u001b[32mready\u001b[0m'),
    tickEvent(1),
    tickEvent(2),
    tickEvent(3, { p95: 20_000 }),
  );
  await page.locator('#console .f2', { hasText: 'ready' }).waitFor();
  await page.locator('[data-chart=rate] .curve').waitFor();
  assert.equal(await page.locator('#charts svg .curve').count(), 7);
  assert.match((await page.locator('[data-chart=latency] .now').textContent()) ?? '', /p95 20\.0 ms/);

  await run.finish({ verdict: 'fail', reason: 'p95 412 ms (wanted < 300 ms)' });
  await says.getByText('p95 412 ms (wanted < 300 ms)').waitFor();
  await page.locator('.figures', { hasText: '48.0 ms' }).waitFor();
  assert.equal(await page.locator('.title .badge').textContent(), 'fail');
  assert.match(await page.title(), /^fail · Marketplace/);
  const report = page.getByRole('link', { name: 'Open the report' });
  assert.equal(await report.getAttribute('href'), `/runs/${run.id}/report`);
  assert.match((await page.locator('#said').textContent()) ?? '', /fail · Marketplace/);
  assert.deepEqual(await ask(page, "places('.acts')"), before);
  assert.equal(await page.evaluate('window.sameDocument'), true);
});

test('the console follows its end, lets one scroll back, and keeps its size', async () => {
  await using bed = await openTestbed();
  await using browser = await startBrowser();
  await using tab = await openTab(browser);
  const { page } = tab;
  const run = await submitRun(bed.store);
  await run.prepare();
  await page.goto(`${bed.url}/runs/${run.id}`);
  const pane = page.locator('#console');
  const atEnd = () => ask<boolean>(page, "showsEnd('#console')");
  await run.say(consoleEvent(Array.from({ length: 200 }, (_, i) => `line ${i}`).join('\n')));
  await pane.getByText('line 199').waitFor();
  assert.equal(await atEnd(), true);

  await ask(page, "scrollToTop('#console')");
  await page.getByRole('button', { name: 'Follow the end' }).waitFor();
  await run.say(consoleEvent('one more'));
  await pane.getByText('one more').waitFor({ state: 'attached' });
  assert.equal(await atEnd(), false);
  await page.getByRole('button', { name: 'Follow the end' }).click();
  await waitUntil('the end', atEnd);

  await run.say(consoleEvent('x'.repeat(50_000)));
  await pane.getByText('46000 more characters are in the full text').waitFor();
  for (let i = 0; i < 6; i++)
    await run.say(consoleEvent(Array.from({ length: 1000 }, (_, n) => `b${i}-${n}`).join('\n')));
  await pane.getByText('b5-999', { exact: true }).waitFor();
  await pane.getByText('earlier lines are in the full text').waitFor();
  assert.ok((await pane.locator('> div').count()) <= 5001);
});

test('charts are read by keyboard, with one cursor over all', async () => {
  await using bed = await openTestbed();
  await using browser = await startBrowser();
  await using tab = await openTab(browser);
  const { page } = tab;
  const { id } = await finishedRun(bed.store, {
    events: [1, 2, 3, 4].map((second) => tickEvent(second, { users: second * 10 })),
  });
  await page.goto(`${bed.url}/runs/${id}`);
  const users = page.locator('[data-chart=users] .now');
  await page.locator('[data-chart=users] .curve').waitFor();
  assert.equal(await users.textContent(), '', 'it has ended: nothing is now');
  await page.locator('[data-chart=rate]').focus();
  await page.keyboard.press('ArrowLeft');
  await users.getByText('0:03 30').waitFor();
  await page.keyboard.press('Home');
  await users.getByText('0:01 10').waitFor();
  assert.equal(await page.locator('.cursor').count(), 4);
  await page.keyboard.press('Escape');
  await waitUntil('the cursor to be gone', async () => (await page.locator('.cursor').count()) === 0);
});

test('cancel and delete by keyboard; both ask first', async () => {
  await using bed = await openTestbed();
  await using browser = await startBrowser();
  await using tab = await openTab(browser);
  const { page } = tab;
  const run = await submitRun(bed.store);
  await page.goto(`${bed.url}/runs/${run.id}`);
  assert.equal(await page.getByRole('button', { name: 'Delete', exact: true }).isDisabled(), true);
  await page.getByRole('button', { name: 'Cancel', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Let it go on' }).click();
  assert.equal((await bed.store.runs.get(run.id))?.state, 'queued');
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Cancel it' }).click();
  await page.locator('.title .badge.cancelled').waitFor();
  await page.getByRole('button', { name: 'Delete', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Keep it' }).click();
  assert.ok(await bed.store.runs.get(run.id));
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: 'Delete it' }).click();
  await page.waitForURL(`${bed.url}/bin`);
  assert.equal(await bed.store.runs.get(run.id), null);
});

test('eight windows of one run, all seen, all hear everything once, and the site goes on', async () => {
  await using bed = await openTestbed();
  await using browser = await startBrowser();
  await using first = await openTab(browser);
  const context = first.page.context();
  const run = await submitRun(bed.store);
  await run.prepare();
  const pages = [first.page];
  while (pages.length < 8) pages.push(await context.newPage());
  for (const page of pages) await page.goto(`${bed.url}/runs/${run.id}`);
  await run.say(consoleEvent('heard by all'));
  for (const page of pages) await page.getByText('heard by all').waitFor();
  const ninth = await context.newPage();
  await ninth.goto(`${bed.url}/`);
  await ninth.getByRole('button', { name: 'Run the load test' }).waitFor();
  await bed.store.runs.cancel(run.id, { kind: 'anonymous', id: 'x' });
  await run.acknowledge();
  for (const page of pages) {
    await page.locator('.title .badge.cancelled').waitFor();
    assert.equal(await page.getByText('heard by all').count(), 1);
  }
});

test('thresholds are lines in the charts, and the page turns into the summary with what changed', async () => {
  await using bed = await openTestbed();
  await using browser = await startBrowser();
  await using tab = await openTab(browser);
  const { page } = tab;
  const before = await finishedRun(bed.store);
  const node = await joinNode(bed.store, 'n1');
  const run = await submitRun(bed.store);
  await page.goto(`${bed.url}/runs/${run.id}`);
  const limits = thresholds('p95 < 50ms', 'requests >= 100/s', 'errors < 1%', 'p99 < 100s');
  await run.enterLine({}, { file: { description: 'Browse, then pay.', thresholds: limits } });
  await run.start(node);
  await run.say(tickEvent(1), tickEvent(2), tickEvent(3));
  await page.getByText('Browse, then pay.').waitFor();
  const latency = page.locator('[data-chart=latency]');
  await latency.locator('.bound.p95-c').waitFor({ state: 'attached' });
  await latency.getByText('p95 < 50ms', { exact: true }).waitFor();
  await latency.getByText('p99 < 100s ↑').waitFor();
  assert.equal(await latency.locator('.bound').count(), 1);
  await page.locator('[data-chart=rate] .bound').waitFor({ state: 'attached' });
  await page.locator('[data-chart=errors] .bound').waitFor({ state: 'attached' });
  const results = resultsOf((await bed.store.runs.get(run.id))!, { comparison: slowerThan(before) });
  await bed.store.folders.of(run.id).put('results.json', JSON.stringify(results));
  await run.finish();
  await page.getByText('p95 at 10 users is 31 % worse').waitFor();
  await page.getByRole('button', { name: 'Pin baseline' }).click();
  await page.getByRole('button', { name: 'Baseline', pressed: true }).waitFor();
  await page.getByRole('link', { name: 'Compare with another run' }).click();
  await page.getByRole('heading', { name: 'Compare with another run' }).waitFor();
  assert.equal(await page.locator(`a[href$="compare?with=${before.id}"]`).count(), 1);
});

test('eight tabs of one run stay usable, and a hidden one lets go of its stream', async () => {
  await using bed = await openTestbed();
  await using browser = await startBrowser();
  await using first = await openTab(browser);
  const context = first.page.context();
  const run = await submitRun(bed.store);
  await run.prepare();
  const pages = [first.page];
  while (pages.length < 8) pages.push(await context.newPage());
  for (const page of pages) {
    await page.goto(`${bed.url}/runs/${run.id}`);
    await page.locator('.steps').waitFor();
    await ask(page, 'setHidden(true)');
  }
  await run.say(consoleEvent('said while nobody looked'));
  for (const page of pages) {
    await ask(page, 'setHidden(false)');
    await page.getByText('said while nobody looked').waitFor();
    assert.equal(await page.getByText('said while nobody looked').count(), 1);
    await ask(page, 'setHidden(true)');
  }
  const ninth = await context.newPage();
  await ninth.goto(`${bed.url}/`);
  await ninth.getByRole('button', { name: 'Run the load test' }).waitFor();
});
