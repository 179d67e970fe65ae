import assert from 'node:assert/strict';
import { test } from 'node:test';
import { projectId } from '@marteau/store';
import { faultsOfHearing, startBrowser, type TestPage, waitUntil } from '@marteau/testkit';
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

/** Pages of a server on which something happened, without accounts. */
async function plainPages(bed: Testbed): Promise<string[]> {
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

const accounts = { MARTEAU_ADMIN: 'ana@example.com', MARTEAU_ACCESS_TOKEN: 'a-token-that-is-long-enough' };

/** Pages of a server with accounts, for an admin, and who that is. */
async function peoplesPages({ store, as, call }: Testbed): Promise<{ paths: string[]; cookie: string }> {
  const { people, projects, projectSecrets } = store;
  const make = (name: string) =>
    people.make({ issuer: 'mail', subject: `${name}@example.com`, name }, { mail: `${name}@example.com` });
  const { person: ana } = await make('ana');
  const { person: ben } = await make('ben');
  const team = await people.teams.make('Shop');
  await people.teams.change(team.id, (one) => ({ ...one, people: [ana.id, ben.id] }));
  const { id } = await projects.make(repo);
  await projects.share(id, team.id, 'runner');
  await projects.share(id, ben.id, 'owner');
  await projectSecrets.set(id, 'TOKEN', 'a-value');
  await projectSecrets.setGit(id, 'a-git-token');
  const expiresAt = new Date(Date.now() + 1e9).toISOString();
  await store.apiKeys.make({ name: 'CI', person: ana.id, projects: [id], scopes: ['read'], expiresAt });
  const { cookie } = await as(ana.id);
  await as(ana.id);
  await call('POST', `/api/v1/projects`, { repo: `${repo}-2` }, { cookie });
  const ofProject = ['', '/members', '/secrets', '/hook'].map((page) => `/projects/${id}${page}`);
  const paths = ['/', '/you', '/people', '/audit', ...ofProject, '/outbox', '/bin', '/nodes'];
  return { paths, cookie };
}

const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 800 };
const signInPages = ['/sign-in', '/sign-in?again=1', '/sign-in/link'];

/** Opens every page of both servers, whoever may see it. */
async function onEveryPage(look: (page: TestPage['page'], name: string) => Promise<void>): Promise<void> {
  await using browser = await startBrowser();
  await using plain = await openTestbed();
  await using shared = await openTestbed(accounts);
  const { paths, cookie } = await peoplesPages(shared);
  const sites = [
    { bed: plain, paths: await plainPages(plain), cookie: null },
    { bed: shared, paths: signInPages, cookie: null },
    { bed: shared, paths, cookie },
  ];
  for (const { bed, paths, cookie } of sites) {
    await using tab = await openTab(browser, { expected: [/40[134]/] });
    if (cookie !== null) await signIn(tab.page, bed, cookie);
    for (const path of paths) {
      await tab.page.goto(bed.url + path);
      await tab.page.waitForLoadState('networkidle');
      await look(tab.page, path);
    }
  }
}

async function signIn(page: TestPage['page'], bed: Testbed, cookie: string): Promise<void> {
  const [name = '', value = ''] = cookie.split('=');
  await page.context().addCookies([{ name, value, url: bed.url }]);
}

test('every page fits a phone, can be read in light and dark, and is told whole to who hears it', async () => {
  const faults: Record<string, unknown> = {};
  await onEveryPage(async (page, path) => {
    await page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true");
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(phone);
      const { width, faint } = await ask<{ width: number; faint: string[] }>(page, 'measure()');
      await page.setViewportSize(desktop);
      const unheard = await faultsOfHearing(page);
      if (width > phone.width || faint.length + unheard.length > 0)
        faults[`${path} in ${colorScheme}`] = { width, faint, unheard };
    }
    if (await page.evaluate("document.querySelector('[autofocus]') !== null")) return;
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to the content', path);
  });
  assert.deepEqual(faults, {});
});

test('with keys alone one reaches everything on the pages of people, sees where one is, and makes a key', async () => {
  await using bed = await openTestbed(accounts);
  await using browser = await startBrowser();
  await using tab = await openTab(browser);
  const { page } = tab;
  const { paths, cookie } = await peoplesPages(bed);
  const walk = async (path: string) => {
    const places = await ask<number>(page, 'placesToFocus()');
    const seen: string[] = [];
    for (let n = 0; n < places; n += 1) {
      await page.keyboard.press('Tab');
      seen.push(await ask<string>(page, 'focused()'));
    }
    const [wrong] = seen.filter((each, n) => each !== `${n} visible`);
    assert.equal(wrong, undefined, `${path}: ${seen.join(', ')}`);
  };
  await page.goto(`${bed.url}/sign-in/link`);
  await walk('/sign-in/link');
  await signIn(page, bed, cookie);
  for (const path of paths.filter((each) => /you|people|audit|members|secrets/.test(each))) {
    await page.goto(bed.url + path);
    await walk(path);
  }
  await page.goto(`${bed.url}/you`);
  await page.getByText('Make a key').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type('nightly');
  await page.keyboard.press('Enter');
  const made = page.getByRole('status').filter({ hasText: 'Copy it now' });
  await made.getByLabel('The new key').getByText(/^mrt_/).waitFor();
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
