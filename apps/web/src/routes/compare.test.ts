import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APP_OF_REPOSITORY, type Run } from '@marteau/shared';
import { waitUntil } from '@marteau/testkit';
import { finishedRun, submitRun } from '../fixtures/drive-run.ts';
import { resultsOf, slowerThan, thresholds } from '../fixtures/results.ts';
import { openTestbed, type Testbed } from '../fixtures/testbed.ts';

const html = { headers: { accept: 'text/html' } };

async function measuredRun(bed: Testbed, more: Parameters<typeof resultsOf>[1] = {}): Promise<Run> {
  const run = await finishedRun(bed.store);
  await bed.store.folders.of(run.id).put('results.json', JSON.stringify(resultsOf(run, more)));
  return run;
}

test('two runs are compared by their results, and what is missing is said', async () => {
  await using bed = await openTestbed();
  const before = await finishedRun(bed.store);
  const after = await finishedRun(bed.store);
  assert.equal((await bed.get(`/runs/${before.id}/compare`)).status, 404, 'nothing before it passed');
  const missing = await bed.get(`/runs/${after.id}/compare`, html);
  assert.equal(missing.status, 404);
  assert.match(await missing.text(), /has no results\.json/);
  for (const { id } of [before, after])
    await bed.store.folders.of(id).put('results.json', '{"schema":"marteau.results/1"}');
  const damaged = await bed.get(`/runs/${after.id}/compare?with=${before.id}`, html);
  assert.equal(damaged.status, 422);
  assert.match(await damaged.text(), /damaged at/);
  const page = await bed.get(`/runs/${after.id}`, html);
  assert.equal(page.status, 200, 'the page does without');
});

test('a run’s page says what changed since the last good run, how it was judged, and its thresholds', async () => {
  await using bed = await openTestbed();
  const before = await measuredRun(bed);
  const after = await measuredRun(bed, {
    p95: 80,
    thresholds: thresholds('p95 < 300ms'),
    comparison: slowerThan(before),
    description: 'Browse & pay.',
  });
  const page = await (await bed.get(`/runs/${after.id}`)).text();
  assert.match(page, /p95 80 ms at 10 users\./);
  assert.match(page, /<p class="soft">Browse &amp; pay\.<\/p>/);
  assert.match(page, /class="told worse">p95 at 10 users is 31 % worse/);
  assert.match(page, new RegExp(`href="/runs/${before.id}">a1b2c3d4 Round the total once</a>`));
  assert.match(page, /data-bounds="\[\{&quot;chart&quot;:&quot;latency&quot;[^"]*300000/);
  const compared = await bed.get(`/runs/${after.id}/compare`);
  assert.match(compared.headers.get('content-security-policy') ?? '', /^sandbox allow-scripts /);
  assert.match(await compared.text(), /p95/);
  const choice = await (await bed.get(`/runs/${after.id}/compare-with`)).text();
  assert.match(choice, new RegExp(`href="/runs/${after.id}/compare\\?with=${before.id}"`));
});

test('pinned runs are what later ones are compared with', async () => {
  await using bed = await openTestbed();
  const oldest = await measuredRun(bed, { p95: 10 });
  await measuredRun(bed, { p95: 20 });
  const newest = await measuredRun(bed, { p95: 30 });
  const failed = await finishedRun(bed.store, { outcome: { verdict: 'fail', reason: 'slow' } });
  const compared = async () => (await bed.get(`/runs/${newest.id}/compare`)).text();
  assert.ok((await compared()).includes('20.0 ms'), 'the p95 of the run before');

  assert.equal((await bed.submitForm(`/runs/${oldest.id}/pin`)).status, 303);
  assert.ok((await compared()).includes('10.0 ms'), 'the p95 of the baseline');
  const refused = await bed.submitForm(`/runs/${failed.id}/pin`);
  assert.equal(refused.status, 409);
  assert.match(await refused.text(), /Only a run that passed/);

  assert.match(await (await bed.get(`/runs/${oldest.id}`)).text(), /action="\/runs\/\w+\/unpin"/);
  assert.equal((await bed.submitForm(`/runs/${oldest.id}/unpin`)).status, 303);
  assert.deepEqual(await bed.store.runs.pinnedIn(oldest.project), []);
  assert.equal((await bed.get(`/runs/${oldest.id}/pin`)).status, 404, 'no GET changes anything');
});

test('repeats that confirm a change are asked for on the run’s page, which shows what comes of them', async () => {
  await using bed = await openTestbed();
  const before = await measuredRun(bed);
  const elsewhere = await measuredRun(bed, { comparison: slowerThan(before) });
  assert.doesNotMatch(await (await bed.get(`/runs/${elsewhere.id}`)).text(), /Confirm by repeats/);
  const refused = await bed.submitForm(`/runs/${elsewhere.id}/confirm`);
  assert.equal(refused.status, 409);
  assert.match(await refused.text(), /deployed by somebody else/);

  const own = await finishedRun(bed.store);
  const results = resultsOf(own, { comparison: slowerThan({ ...before, commit: 'b'.repeat(40) }) });
  results.run.target = APP_OF_REPOSITORY;
  await bed.store.folders.of(own.id).put('results.json', JSON.stringify(results));
  const page = async () => (await bed.get(`/runs/${own.id}`)).text();
  assert.match(await page(), /Confirm by repeats/);
  assert.equal((await bed.submitForm(`/runs/${own.id}/confirm`)).status, 303);
  const going = await bed.store.confirmations.of(own.id);
  assert.equal(going?.baseline, before.id);
  assert.match(await page(), /data-going/);
  assert.doesNotMatch(await page(), /Confirm by repeats/);

  assert.match(await page(), /Still about \S+.* to \S+.*, when nothing else runs/);
  const repeat = await submitRun(bed.store, { kind: 'repeat', trigger: 'confirm', confirms: own.id });
  await bed.store.confirmations.keep({ ...going!, repeats: [{ side: 'before', run: repeat.id }] });
  assert.equal((await bed.submitForm(`/runs/${own.id}/confirm/cancel`)).status, 303);
  assert.equal((await bed.store.runs.get(repeat.id))?.state, 'cancelled');
  await waitUntil('the page to tell', async () => /Cancelled after 0 pairs of repeats/.test(await page()));
  assert.match(await page(), /Confirm by repeats<\/button> <span class="soft">about /);
  assert.equal((await bed.submitForm(`/runs/${own.id}/confirm`)).status, 303);

  await bed.store.confirmations.keep({
    ...going,
    decision: 'worse',
    sentence: 'Confirmed worse: p95 at 10 users +31 % over 3 pairs of runs by turns.',
    repeats: [{ side: 'before', run: before.id }],
    endedAt: new Date().toISOString(),
  });
  await waitUntil('the page to tell', async () => /told worse">Confirmed worse/.test(await page()));
  assert.match(await page(), new RegExp(`Repeats: <a href="/runs/${before.id}">1 before</a>`));
  assert.doesNotMatch(await page(), /data-going/);
});
