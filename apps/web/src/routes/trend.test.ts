import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finishedRun, repo } from '../fixtures/drive-run.ts';
import { openTestbed } from '../fixtures/testbed.ts';

const project = encodeURIComponent(repo);

test('the trend of a project shows its runs, in the sandbox of a report', async () => {
  await using bed = await openTestbed();
  const first = await finishedRun(bed.store);
  await finishedRun(bed.store, { outcome: { verdict: 'fail', reason: 'p95 too high' } });
  const answer = await bed.get(`/trend?project=${project}`);
  assert.equal(answer.status, 200);
  assert.match(
    answer.headers.get('content-security-policy') ?? '',
    /^sandbox allow-scripts .*connect-src 'none'/,
  );
  const html = await answer.text();
  assert.match(html, /2 runs, of which 2 count/);
  assert.match(html, new RegExp(`href="http://[^"]+/runs/${first.id}"`));
  assert.equal((await bed.get('/trend?project=nobody')).status, 404);
  assert.equal((await bed.get('/trend')).status, 404);
  assert.match(
    await (await bed.get(`/trend?project=${project}&test=another`)).text(),
    /0 runs, of which 0 count/,
  );
});

test('runs of another load are a trend of their own, too', async () => {
  await using bed = await openTestbed();
  const ended = async (load: string) => {
    const { summary } = await finishedRun(bed.store);
    return finishedRun(bed.store, { outcome: { summary: { ...summary!, load } } });
  };
  const [ten, hundred] = [await ended('ten'), await ended('hundred')];
  const page = async (query: string) => (await bed.get(`/trend?project=${project}${query}`)).text();
  const newest = await page('');
  assert.match(newest, new RegExp(`/runs/${hundred.id}"`));
  assert.doesNotMatch(newest, new RegExp(`/runs/${ten.id}"`));
  assert.match(newest, /all of the script, the load of \d{4}-/);
  assert.match(await page('&load=ten'), new RegExp(`/runs/${ten.id}"`));
});

test('runs of another test or profile are a trend of their own, which the page leads to', async () => {
  await using bed = await openTestbed();
  await finishedRun(bed.store);
  const smoke = await finishedRun(bed.store, { more: { request: { repo, profile: 'smoke' } } });
  const page = async (query: string) => (await bed.get(`/trend?project=${project}${query}`)).text();
  const newest = await page('');
  assert.match(newest, /1 run, of which 1 counts/);
  assert.match(newest, new RegExp(`/runs/${smoke.id}"`));
  const [, href = ''] = /Other tests of this project: <a href="http:\/\/[^/]+([^"]+)"/.exec(newest) ?? [];
  const other = await (await bed.get(href.replaceAll('&amp;', '&'))).text();
  assert.match(other, /1 run, of which 1 counts/);
  assert.doesNotMatch(other, new RegExp(`/runs/${smoke.id}"`));
  assert.match(other, />(<bdi>)?profile smoke</);
});
