import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createTempFolder, faultsOfHearing, startBrowser, type TestBrowser } from '@marteau/testkit';
import { scenarios } from '../fixtures/scenarios.ts';
import { buildResults } from '../results/build-results.ts';
import { renderReport } from './render-report.ts';

/** How the service serves reports. */
const policy =
  "sandbox allow-scripts allow-downloads allow-popups allow-popups-to-escape-sandbox; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; connect-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

const reports = new Map(
  Object.entries(scenarios).map(([name, make]) => [name, renderReport(buildResults(make()))]),
);
const asked: string[] = [];
const server = createServer((request, response) => {
  const [name = ''] = (request.url ?? '').slice(1).split('?');
  asked.push(name);
  const html = reports.get(name);
  response.writeHead(html === undefined ? 404 : 200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
  });
  response.end(html);
});
let browser: TestBrowser;
let origin = '';

before(async () => {
  browser = await startBrowser();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const tall = { viewport: { width: 1280, height: 1600 } };

// Chromium asks for the icon of every page.
const expected = [/favicon\.ico/];
const open = async (name: string, options: Parameters<TestBrowser['openPage']>[0] = {}) => {
  const opened = await browser.openPage({ expected, ...options });
  await opened.page.goto(`${origin}/${name}`);
  return opened;
};

describe('a report as it is served', () => {
  for (const name of reports.keys()) {
    test(`${name} works, asks for nothing, and fits a phone`, async () => {
      asked.length = 0;
      await using opened = await open(name, { viewport: { width: 390, height: 844 } });
      const { page } = opened;
      await page.waitForSelector('html.live');
      assert.deepEqual(
        asked.filter((path) => path !== 'favicon.ico'),
        [name],
      );
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      assert.ok(overflow <= 0, `${overflow} px wider than the phone`);
    });
  }
});

test('who came by a signed link opens the data by the same key, on the same server alone', async () => {
  const results = buildResults(scenarios.pass!());
  const at = (url: string) => renderReport({ ...results, run: { ...results.run, url } });
  reports.set('keyed', at(`${origin}/runs/r1`)).set('elsewhere', at('http://127.0.0.2:1/runs/r1'));
  for (const [name, search] of [
    ['keyed?key=k.1', '?key=k.1'],
    ['keyed', ''],
    ['elsewhere?key=k.1', ''],
  ] as const) {
    await using opened = await open(name);
    await opened.page.waitForSelector('html.live');
    const links = await opened.page.evaluate<string[]>(
      '[...document.querySelectorAll("dd.data a")].map((link) => link.search)',
    );
    assert.ok(links.length > 2 && links.every((link) => link === search), `${name}: ${links}`);
  }
});

test('hostile text runs nothing and makes no element of its own', async () => {
  await using opened = await open('hostile');
  const { page } = opened;
  for (const summary of await page.locator('summary').all()) await summary.click();
  await page.selectOption('#subject', '2');
  await page.fill('#find', '<img src=x onerror=document.title="owned">');
  assert.doesNotMatch(await page.title(), /^owned/);
  assert.equal(await page.locator('img, iframe, object, embed, [onerror], [onload], bdi script').count(), 0);
  const links = await page
    .locator('a')
    .evaluateAll<string[], { protocol: string }>((all) => all.map(({ protocol }) => protocol));
  assert.deepEqual([...new Set(links)], ['http:']);
});

test('without JavaScript everything is there to read, and nothing that needs it', async () => {
  await using opened = await open('fail', { javaScriptEnabled: false });
  const { page } = opened;
  assert.ok(await page.getByText('2 of 4 thresholds failed').isVisible());
  assert.ok(await page.locator('#timeline path.line.p95').count());
  assert.equal(await page.locator('.js').first().isVisible(), false);
  await page.getByText('Over time as a table', { exact: true }).click();
  assert.ok(await page.locator('#t-over-time td').first().isVisible());
});

describe('with JavaScript', () => {
  test('one cursor reads all charts, with the pointer and with the keys', async () => {
    await using opened = await open('fail', tall);
    const { page } = opened;
    const plot = page.locator('[data-panel="latency"] .plot');
    assert.match((await plot.getAttribute('aria-label'))!, /time.*\. Arrow keys move through time\.$/);
    assert.equal(await plot.getAttribute('role'), 'figure');
    const box = (await plot.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.9, box.y + 20);
    await page.waitForSelector('[data-panel="load"] output span');
    const read = (panel: string) => page.locator(`[data-panel="${panel}"] output`).textContent();
    assert.match((await read('load'))!, /1m 5\ds\s*users 100/);
    assert.match((await read('throughput'))!, /^\d+\/s/);
    assert.match((await read('latency'))!, /p50 \d+ ms\s*p95 \d+ ms\s*max \d+(\.\d+)? (m?s)/);
    assert.equal(await page.locator('#timeline .cursor:visible').count(), 4);
    await plot.focus();
    await page.keyboard.press('ArrowLeft');
    assert.match((await read('load'))!, /users 100/);
    await page.mouse.move(5, 5);
    await plot.blur();
    assert.equal(await page.locator('.cursor:visible').count(), 0);
  });

  test('the cursor and the zoom reach the charts of generator and hosts, too', async () => {
    await using opened = await open('hosts', tall);
    const { page } = opened;
    const box = (await page.locator('[data-panel="throughput"] .plot').boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.9, box.y + 20);
    const read = (panel: string) => page.locator(`[data-panel="${panel}"] output`).first().textContent();
    await page.waitForFunction("document.querySelector('[data-panel=host-1-cpu] output').textContent !== ''");
    assert.match((await read('host-1-cpu'))!, /^(100|9\d(\.\d)?) %$/);
    assert.match((await read('host-0-memory'))!, /^\d\.\d\d GB$/);
    assert.match((await read('host-0-network'))!, /^in \d+(\.\d+)? [kM]B\s*out \d+(\.\d+)? [kM]B$/);
    assert.match((await read('generator-cpu'))!, /^\dm \d+s\s*\d+(\.\d)? %$/);
    const cursors = await page.locator('.cursor:visible').count();
    assert.equal(cursors, await page.locator('.time .plot').count());
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 20, { steps: 5 });
    await page.mouse.up();
    const views = await page
      .locator('.time .plot svg')
      .evaluateAll((all) => all.map((svg) => svg.getAttribute('viewBox')));
    assert.equal(new Set(views).size, 1);
    assert.notEqual(views[0], '0 0 4800 1000');
  });

  test('dragging zooms into all charts, and Escape shows everything again', async () => {
    await using opened = await open('fail', tall);
    const { page } = opened;
    const box = (await page.locator('[data-panel="throughput"] .plot').boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.25, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 50, { steps: 5 });
    await page.mouse.up();
    const views = await page
      .locator('#timeline .plot svg')
      .evaluateAll((all) => all.map((svg) => svg.getAttribute('viewBox')));
    assert.equal(new Set(views).size, 1);
    const [left = 0, , width = 0] = views[0]!.split(' ').map(Number);
    assert.ok(Math.abs(left - 1200) < 60 && Math.abs(width - 1200) < 60, views[0]!);
    assert.ok(await page.locator('#unzoom').isVisible());
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('#timeline .plot svg').first().getAttribute('viewBox'), '0 0 4800 1000');
  });

  test('another label is drawn in place of all requests', async () => {
    await using opened = await open('fail', tall);
    const { page } = opened;
    const line = page.locator('[data-panel="throughput"] path.line');
    const before = await line.getAttribute('d');
    await page.selectOption('#subject', { label: 'POST /cart' });
    assert.notEqual(await line.getAttribute('d'), before);
    await page.selectOption('#subject', { label: 'all requests' });
    // Packed numbers are exact to 0.02 %: a pixel in a thousand may move.
    const again = (await line.getAttribute('d'))!;
    assert.ok(Math.abs(again.length - before!.length) < 20);
  });

  test('tables sort by a click and hide what is not looked for', async () => {
    await using opened = await open('fail', tall);
    const { page } = opened;
    const names = () => page.locator('#t-labels tbody:last-of-type tr:visible th[scope=row]').allInnerTexts();
    await page.locator('#t-labels thead th', { hasText: 'p95' }).getByRole('button').click();
    assert.equal((await names())[0], 'GET /search');
    await page.locator('#t-labels thead th', { hasText: 'p95' }).getByRole('button').click();
    assert.equal((await names())[0], 'GET /');
    await page.fill('#find', 'products');
    assert.deepEqual(await names(), ['GET /products/:id', 'GET /products']);
    await page.fill('#find', '');
    await page.selectOption('#step', { label: '10 users' });
    assert.equal((await names()).length, 5);
  });
});

test('on paper everything is unfolded and nothing is cut', async () => {
  await using opened = await open('fail', { viewport: { width: 718, height: 1000 } });
  const { page } = opened;
  await page.emulateMedia({ media: 'print' });
  await page.evaluate("dispatchEvent(new Event('beforeprint'))");
  const folded = await page.locator('details:not([open])').count();
  assert.equal(folded, 0);
  const cut = await page.evaluate<string[]>(`
    [...document.querySelectorAll('table, figure, pre')]
      .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
      .map((element) => element.tagName + ' ' + element.id)`);
  assert.deepEqual(cut, []);
});

test('a report that is opened as a file works as well, and runs nothing of a stranger', async () => {
  await using folder = await createTempFolder();
  for (const name of ['pass', 'hostile'])
    await writeFile(join(folder.path, `${name}.html`), reports.get(name)!);
  await using opened = await browser.openPage();
  const { page } = opened;
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  for (const name of ['pass', 'hostile']) {
    const url = pathToFileURL(join(folder.path, `${name}.html`)).href;
    requests.length = 0;
    await page.goto(url);
    await page.waitForSelector('html.live');
    assert.deepEqual(requests, [url], 'it asks for nothing');
    assert.doesNotMatch(await page.title(), /^owned/);
    assert.equal(await page.evaluate("document.querySelectorAll('script').length"), 2);
  }
});

test('who hears a report misses nothing of it', async () => {
  await using opened = await open('pass');
  await opened.page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true");
  for (const colorScheme of ['light', 'dark'] as const) {
    await opened.page.emulateMedia({ colorScheme });
    assert.deepEqual(await faultsOfHearing(opened.page), [], colorScheme);
  }
});

test('text keeps a contrast of 4.5 to 1 in light and dark', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await using opened = await open('pass', { colorScheme });
    const ratios = await opened.page.evaluate<[string, number][]>(contrasts);
    for (const [token, ratio] of ratios)
      assert.ok(ratio >= 4.5, `${token} has ${ratio.toFixed(2)} in ${colorScheme}`);
  }
});

/** Runs in the page: the contrast of every colour of text against the paper, after WCAG 2. */
const contrasts = `(() => {
  const luminance = (color) => {
    const canvas = document.createElement('canvas').getContext('2d');
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((channel) => {
      const part = channel / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const probe = document.body.appendChild(document.createElement('i'));
  const of = (token) => {
    probe.style.color = 'var(--' + token + ')';
    return luminance(getComputedStyle(probe).color);
  };
  const paper = of('paper');
  return ['ink', 'soft', 'pass', 'fail', 'invalid', 'error', 'p50', 'p95', 'p99', 'accent'].map((token) => {
    const [high, low] = [paper, of(token)].sort((a, b) => b - a);
    return [token, (high + 0.05) / (low + 0.05)];
  });
})()`;
