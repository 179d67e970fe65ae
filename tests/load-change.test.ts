// The load of a run that goes on, changed by people: on its page and by the API, over all of its nodes at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readResults } from '@marteau/report/schema';
import { startBrowser, startTargetServer } from '@marteau/testkit';
import { openHouse } from './house/house.ts';
import { plainProject, scriptOf, visitHello } from './house/projects.ts';

test('two nodes change their load at the same second; the report shows what happened, and no run is compared with it', async () => {
  await using target = await startTargetServer();
  await using house = await openHouse({ workers: 2 });
  const repo = await house.git.createRepo('changed', {
    ...plainProject(target.url),
    '.marteau.yml': `name: Changed
script: plain.test.ts
target: ${target.url}
nodes: 2
load: [{rate: 10/s, for: 90s, name: calm}, {rate: 20/s, for: 2s, name: last}]
thresholds: [errors <= 100%, dropped <= 100%]
`,
    'plain.test.ts': scriptOf(visitHello),
  });
  const id = await house.submit(repo.url);
  await assert.rejects(house.api('POST', `/runs/${id}/load`, { rate: 40 }), /409.*wrong-state/);
  await house.until(id, 'under load', () => target.seen.requests > 20);

  for (const [body, sentence] of [
    [{}, /nothing is asked for/],
    [{ rate: 5, scale: 2 }, /rate and scale exclude each other/],
    [{ skip: true, hold: '1m' }, /skip ends the stage/],
    [{ rate: 'much' }, /the rate 'much' is none/],
    [{ hold: 'long' }, /no time to hold a stage for/],
    [{ users: 5 }, /409.*change rate, or scale.*load-fixed/],
    [{ scale: 2, stage: 7 }, /409.*It has no stage 7/],
  ] as const)
    await assert.rejects(house.api('POST', `/runs/${id}/load`, body), sentence);

  const { at } = await house.api<{ at: string }>('POST', `/runs/${id}/load`, { rate: '60/s', hold: '10s' });
  assert.ok(Date.parse(at) > Date.now() - 10_000, at);
  await using browser = await startBrowser();
  await using tab = await browser.openPage();
  const { page } = tab;
  await page.goto(`${house.url}/runs/${id}`);
  await page.locator('#console', { hasText: '60/s in place of 10/s' }).waitFor();
  await page.getByLabel('Load', { exact: true }).fill('0.5');
  await page.locator('[data-key=load-of]').selectOption('scale');
  await page.getByRole('button', { name: 'Change the load' }).click();
  await page.locator('#console', { hasText: '30/s in place of 60/s' }).waitFor();
  await page.getByRole('button', { name: 'Skip to the next stage' }).click();

  const run = await house.ends(id);
  assert.equal(run.state, 'finished');
  assert.equal(run.changed, true);
  const { steps, notes } = readResults(await house.file(id, 'results.json'));
  assert.deepEqual(
    steps.map(({ plan, complete }) => [plan.name, complete]),
    [
      ['calm', true],
      ['60/s (changed)', true],
      ['30/s (changed)', true],
      ['last', true],
    ],
  );
  for (const { begin, end, plan, starts } of steps) {
    const rate = ((starts?.planned ?? 0) * 1000) / (end - begin);
    assert.ok(Math.abs(rate - plan.rate!.to) <= 1, `${plan.name}: ${rate}/s`);
  }
  assert.match(notes.join('\n'), /the load was changed: 60\/s in place of 10\/s, for 10 s longer/);
  await assert.rejects(house.api('POST', `/runs/${id}/pin`), /given another load.*no-baseline/);
});
