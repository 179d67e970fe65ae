import assert from 'node:assert/strict';
import { test } from 'node:test';
import { projectId } from '@marteau/store';
import { startBrowser, waitUntil } from '@marteau/testkit';
import {
  consoleEvent,
  type DrivenRun,
  finishedRun,
  joinNode,
  repo,
  submitRun,
  tickEvent,
} from '../fixtures/drive-run.ts';
import { ask, openTab } from '../fixtures/open-tab.ts';
import { openTestbed, type Testbed } from '../fixtures/testbed.ts';

/** A run under load whose proxies people can break. */
async function breakableRun({ store }: Testbed): Promise<DrivenRun> {
  const node = await joinNode(store, 'load-1');
  const run = await submitRun(store);
  const redis = { upstream: 'redis:6379', protocol: 'redis', control: null };
  await run.enterLine({}, { file: { proxies: { 'shop-redis': redis } } });
  await run.start(node);
  return run;
}

/** Pages of a server on which something happened. */
async function pagesOf(bed: Testbed): Promise<string[]> {
  const ended = await finishedRun(bed.store, {
    outcome: { verdict: 'fail', reason: 'p95 412 ms (wanted < 300 ms)' },
    events: [consoleEvent('a line'), tickEvent(1), tickEvent(2)],
  });
  const breakable = await breakableRun(bed);
  const waiting = await submitRun(bed.store);
  await bed.store.blocks.set({ project: repo, host: 'pay.example.com', run: ended.id });
  return [
    '/',
    '/new',
    '/runs',
    `/runs/${ended.id}`,
    `/runs/${waiting.id}`,
    `/runs/${breakable.id}`,
    '/projects',
    `/projects/${projectId(repo)}`,
    '/nodes',
    '/outbox',
    '/bin',
    '/doctor',
    '/docs',
    '/api/docs',
    '/docs/writing-a-test',
    '/docs/marteau-yml',
    '/docs/reading-a-report',
    '/docs/running-for-a-team',
    '/docs/consent',
    `/abuse/${await bed.store.links.sealStop(breakable.id, 'shop.example.com')}`,
    '/nowhere',
  ];
}

test('no page is wider than a phone, and all of it can be read: contrast 4.5 to 1 in light and dark', async () => {
  await using bed = await openTestbed();
  await using browser = await startBrowser();
  const paths = await pagesOf(bed);
  for (const colorScheme of ['light', 'dark'] as const) {
    await using tab = await openTab(browser, {
      colorScheme,
      viewport: { width: 390, height: 844 },
      expected: [/404/],
    });
    for (const path of paths) {
      await tab.page.goto(bed.url + path);
      await tab.page.waitForLoadState('networkidle');
      const { width, faint } = await ask<{ width: number; faint: string[] }>(tab.page, 'measure()');
      assert.ok(width <= 390, `${path} is ${width} wide`);
      assert.deepEqual(faint, [], `${path} in ${colorScheme}`);
    }
  }
});

test('every field has a label, every control a name, every page one main heading and a way past the bar', async () => {
  await using bed = await openTestbed();
  await using browser = await startBrowser();
  await using tab = await openTab(browser, { expected: [/404/] });
  for (const path of await pagesOf(bed)) {
    await tab.page.goto(bed.url + path);
    const wrong = await ask<string[]>(tab.page, 'nameless()');
    assert.deepEqual(wrong, [], path);
    if (path === '/' || path === '/new') continue; // there the field has the focus
    await tab.page.keyboard.press('Tab');
    assert.equal(await tab.page.evaluate('document.activeElement.textContent'), 'Skip to the content', path);
  }
});

test('on a phone everything is healed by a button that a thumb finds, and the form to break is below it', async () => {
  await using bed = await openTestbed();
  await using browser = await startBrowser();
  await using tab = await openTab(browser, { viewport: { width: 390, height: 844 } });
  const { page } = tab;
  await page.goto(`${bed.url}/runs/${(await breakableRun(bed)).id}`);
  const heal = (await page.getByRole('button', { name: 'Heal everything' }).boundingBox())!;
  const form = (await page.getByLabel('Behaviour').boundingBox())!;
  assert.ok(heal.height >= 44 && heal.width >= 300, `it is ${heal.width} x ${heal.height}`);
  assert.ok(form.y >= heal.y + heal.height);
  assert.ok(form.height >= 24);
});

test('the colours chosen stay, on every page and after a reload', async () => {
  await using bed = await openTestbed();
  await using browser = await startBrowser();
  await using tab = await openTab(browser, { colorScheme: 'light' });
  const { page } = tab;
  const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
  await page.goto(bed.url);
  const light = await ground();
  await page.getByRole('button', { name: 'Dark' }).click();
  const dark = await ground();
  assert.notEqual(dark, light);
  assert.equal(await page.getByRole('button', { name: 'Dark' }).getAttribute('aria-pressed'), 'true');
  await page.goto(`${bed.url}/nodes`);
  assert.equal(await ground(), dark);
  await page.getByRole('button', { name: 'Colours of the system' }).click();
  assert.equal(await ground(), light);
});

test('nothing moves for those who asked for that', async () => {
  await using bed = await openTestbed();
  await using browser = await startBrowser();
  await using tab = await openTab(browser);
  const run = await submitRun(bed.store);
  await run.prepare();
  await tab.page.goto(`${bed.url}/runs/${run.id}`);
  const moving = () => tab.page.evaluate('document.getAnimations().length') as Promise<number>;
  assert.equal(await moving(), 0);
  await tab.page.emulateMedia({ reducedMotion: 'no-preference' });
  await waitUntil('the half circle to turn', async () => (await moving()) > 0);
});

test('the API is a page of the guide, which needs no script', async () => {
  await using bed = await openTestbed();
  await using browser = await startBrowser();
  await using tab = await openTab(browser, { javaScriptEnabled: false });
  await tab.page.goto(`${bed.url}/api/docs`);
  await tab.page.getByText('/api/v1/runs/{id}/cancel').waitFor();
  const field = tab.page.locator('#post-api-v1-runs').getByText('idempotency-key');
  await field.waitFor({ state: 'hidden' });
  await tab.page.getByText('Submit a run', { exact: true }).click();
  await field.waitFor();
});
