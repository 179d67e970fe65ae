import { accessSync, constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import names from './chromium-names.json' with { type: 'json' };

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
  // Nothing but this machine has an address, so that a stray request fails and cannot leave.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

export type PageOptions = BrowserContextOptions & {
  /** Problems that the test means to cause, such as `/404/` for a page that is not there. */
  expected?: RegExp[];
};

/** A page in a context of its own. Its disposal throws when the page had a problem that was not expected. */
export type TestPage = AsyncDisposable & { page: Page; problems: string[] };

/** A real Chromium without a window. */
export type TestBrowser = AsyncDisposable & {
  openPage(options?: PageOptions): Promise<TestPage>;
};

/** Starts the Chromium that set-up found. */
export async function startBrowser(): Promise<TestBrowser> {
  const { chromium } = await import('playwright-core'); // most tests need no browser, and it is large
  const browser = await chromium.launch({ executablePath: findChromium(process.env), args: ARGUMENTS });
  return {
    async openPage({ expected = [], ...contextOptions } = {}) {
      const context = await browser.newContext({ reducedMotion: 'reduce', ...contextOptions });
      const page = await context.newPage();
      const problems = watchPage(page);
      return {
        page,
        problems,
        async [Symbol.asyncDispose]() {
          await context.close();
          const unexpected = problems.filter((problem) => !expected.some((pattern) => pattern.test(problem)));
          if (unexpected.length > 0) throw new Error(`The page had problems:\n${unexpected.join('\n')}`);
        },
      };
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

/**
 * Takes the four pictures by which a page is judged: light and dark, desktop and phone, each of the whole page.
 * @returns the paths, `FOLDER/NAME-desktop-light.png` and so on
 */
export async function takeScreenshots(page: Page, folder: string, name: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const viewport = page.viewportSize() ?? DESKTOP;
  const paths: string[] = [];
  for (const [device, size] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const path = join(folder, `${name}-${device}-${colorScheme}.png`);
      await page.screenshot({ path, fullPage: true });
      paths.push(path);
    }
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(viewport);
  return paths;
}

/**
 * The path of the browser to test with: CHROMIUM_PATH, else the first of chromium-names.json on the PATH.
 * @throws when there is none, with what to type
 */
export function findChromium(environment: NodeJS.ProcessEnv): string {
  const folders = (environment.PATH ?? '').split(delimiter);
  const found =
    environment.CHROMIUM_PATH ??
    names
      .flatMap((name) => (isAbsolute(name) ? name : folders.map((folder) => join(folder, name))))
      .find(isExecutable);
  if (found) return found;
  throw new Error(
    'There is no Chromium to test with. Type: node scripts/setup.mjs --needs chromium -- scripts/test.ts',
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const LOCAL = new Set(['127.0.0.1', 'localhost']);

/** Notes what no page of ours may do, from now on: ask another machine, write to the console as an error, throw. */
export function watchPage(page: Page): string[] {
  const problems: string[] = [];
  const noteForeign = (url: string) => {
    if (leaves(url)) problems.push(`request to another machine: ${url}`);
  };
  const context = page.context();
  context.on('request', (request) => noteForeign(request.url()));
  context.on('console', (message) => {
    if (message.type() === 'error')
      problems.push(`console error: ${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (thrown) =>
    problems.push(`page error: ${thrown.error().stack ?? thrown.error().message}`),
  );
  page.on('websocket', (socket) => noteForeign(socket.url()));
  return problems;
}

function leaves(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return ['http:', 'https:', 'ws:', 'wss:'].includes(protocol) && !LOCAL.has(hostname);
}
