import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { findChromium, startBrowser, type TestBrowser, takeScreenshots } from './browser.ts';
import { createTempFolder } from './temp-folder.ts';
import { waitUntil } from './wait-until.ts';

const pages: Record<string, string> = {
  '/fine': '<title>Marteau</title><h1>fine</h1>',
  '/foreign': '<img src="http://192.0.2.1/picture.png"><script src="https://cdn.example.com/x.js"></script>',
  '/console': '<script>console.error("it broke")</script>',
  '/throws': '<script>throw new Error("line one threw")</script>',
  '/broken-link': '<img src="/nothing">',
};

describe('a browser', () => {
  const server = createServer(({ url = '' }, response) => {
    const html = url === '/favicon.ico' ? '' : pages[url];
    response.writeHead(html === undefined ? 404 : 200, { 'Content-Type': 'text/html' }).end(html);
  });
  let browser: TestBrowser;
  let base: string;

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await startBrowser();
  });
  after(async () => {
    await browser[Symbol.asyncDispose]();
    server.close();
  });

  test('opens a page that is fine', async () => {
    await using opened = await browser.openPage();
    await opened.page.goto(`${base}/fine`);
    assert.equal(await opened.page.title(), 'Marteau');
  });

  const bad: [string, RegExp][] = [
    ['/foreign', /request to another machine: http:\/\/192\.0\.2\.1.*https:\/\/cdn\.example\.com/s],
    ['/console', /console error: it broke/],
    ['/throws', /page error: .*line one threw/],
    ['/broken-link', /console error: .*404/],
  ];
  for (const [path, problem] of bad) {
    test(`fails the test that opens ${path}`, async () => {
      const open = async () => {
        await using opened = await browser.openPage();
        await opened.page.goto(base + path);
        await waitUntil('the problem to be noted', () => problem.test(opened.problems.join('\n')));
      };
      await assert.rejects(open, problem);
    });
  }

  test('lets pass what the test expects', async () => {
    await using opened = await browser.openPage({ expected: [/404/] });
    await opened.page.goto(`${base}/broken-link`);
    await waitUntil('the problem to be noted', () => opened.problems.length > 0);
  });

  test('takes four pictures of a page', async () => {
    await using folder = await createTempFolder();
    await using opened = await browser.openPage();
    await opened.page.goto(`${base}/fine`);
    const paths = await takeScreenshots(opened.page, folder.path, 'fine');
    assert.deepEqual(
      paths.map((path) => path.slice(folder.path.length + 1)),
      ['fine-desktop-light.png', 'fine-desktop-dark.png', 'fine-phone-light.png', 'fine-phone-dark.png'],
    );
    for (const path of paths) assert.equal((await readFile(path)).toString('latin1', 1, 4), 'PNG');
  });
});

test('without a Chromium it says what to type', () => {
  assert.throws(() => findChromium({ PATH: '/nowhere' }), /Type: node scripts\/setup\.mjs --needs chromium/);
  assert.equal(findChromium({ PATH: '/nowhere', CHROMIUM_PATH: '/opt/chromium' }), '/opt/chromium');
});
