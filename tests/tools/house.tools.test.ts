// The projects of other people's tools through the whole house, over three contained nodes: one report each, and what it
// says is what the shop saw.
import assert from 'node:assert/strict';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readResults } from '@marteau/report/schema';
import { type House, openHouse } from '../house/house.ts';
import { missingTool } from './missing-tool.ts';
import { startShop } from './shop.ts';

const examples = join(import.meta.dirname, '../../examples');

/** The files of an example, for a shop that is elsewhere. */
function example(name: string, url: string): Record<string, string> {
  const folder = join(examples, name);
  const paths = globSync('**/*', { cwd: folder, exclude: ['target'] });
  const files = [...paths, '.marteau.yml'].filter((path) => statSync(join(folder, path)).isFile());
  return Object.fromEntries(
    files.map((path) => [
      path,
      readFileSync(join(folder, path), 'utf8').replace('target: http://127.0.0.1:8080', `target: ${url}`),
    ]),
  );
}

const artillery = (url: string): Record<string, string> => ({
  '.marteau.yml': `script: shop.yml\ntarget: ${url}\nload: [{rate: 9/s, for: 3s}]\nnodes: 3\n`,
  'shop.yml': `config:
  target: http://127.0.0.1:1
  phases: [{duration: 1, arrivalRate: 1}]
scenarios:
  - name: browse
    flow:
      - get: {url: "/"}
`,
});

const playwright = (url: string): Record<string, string> => ({
  '.marteau.yml': `script: shop.spec.js\ntarget: ${url}\nload: [{users: 3, iterations: 6, for: 1m}]\nnodes: 3\n`,
  'package.json': '{"private": true, "devDependencies": {"@playwright/test": "1.65.1"}}',
  'playwright.config.js': `module.exports = { use: { launchOptions: {
  executablePath: ${JSON.stringify(process.env.CHROMIUM_PATH ?? '/usr/bin/chromium')},
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
} } };`,
  'shop.spec.js': `const { test, expect } = require('@playwright/test');
test('the shop is open', async ({ page }) => {
  await page.goto(process.env.MARTEAU_TARGET + '/');
  await expect(page.locator('p')).toHaveText('open');
});`,
});

interface Expected {
  readonly project: (url: string) => Record<string, string>;
  readonly title: RegExp;
  readonly precision: 'raw' | 'histogram';
  /** Kinds of labels that are told. */
  readonly kinds: readonly string[];
  /** Requests that may be under way when each node ends, of all. */
  readonly inFlight: number;
}

const tools: Record<'k6' | 'locust' | 'jmeter' | 'gatling' | 'artillery' | 'playwright', Expected> = {
  k6: {
    project: (url) => example('k6', url),
    title: /^k6 \d/,
    precision: 'raw',
    kinds: ['request', 'step', 'test'],
    inFlight: 15,
  },
  locust: {
    project: (url) => example('locust', url),
    title: /^Locust \d/,
    precision: 'raw',
    kinds: ['request', 'test'],
    inFlight: 6,
  },
  jmeter: {
    project: (url) => example('jmeter', url),
    title: /^JMeter \d/,
    precision: 'raw',
    kinds: ['request', 'step'],
    inFlight: 6,
  },
  gatling: {
    project: (url) => example('gatling', url),
    title: /^Gatling by Maven \d/,
    precision: 'raw',
    kinds: ['request', 'step'],
    inFlight: 0,
  },
  artillery: {
    project: artillery,
    title: /^Artillery \d/,
    precision: 'histogram',
    kinds: ['request', 'test'],
    inFlight: 0,
  },
  playwright: {
    project: playwright,
    title: /^Playwright \d/,
    precision: 'raw',
    kinds: ['test'],
    inFlight: 0,
  },
};

describe('over three contained nodes', { concurrency: 1 }, () => {
  let house: House;
  let shop: Awaited<ReturnType<typeof startShop>>;
  before(async () => {
    shop = await startShop();
    const PATH = `${process.env.MARTEAU_TOOLS_PATH ?? ''}:${process.env.PATH}`;
    house = await openHouse({ workers: 3, env: { PATH } });
  });
  after(async () => {
    await house[Symbol.asyncDispose]();
    await shop[Symbol.asyncDispose]();
  });

  for (const [name, { project, title, precision, kinds, inFlight }] of Object.entries(tools))
    test(name, { skip: missingTool(name as keyof typeof tools) }, async () => {
      shop.clear();
      const files = project(shop.url);
      const text = files['.marteau.yml']!;
      // All is recorded, and so all that the shop saw is in the figures.
      files['.marteau.yml'] =
        `${/^nodes:/m.test(text) ? text : `${text}nodes: 3\n`}${/^cycles:/m.test(text) ? 'ramp: 0s\n' : ''}`;
      const repo = await house.git.createRepo(name, files);
      // What its `setup` fetches, the other nodes then have from the first one.
      if (name === 'gatling')
        await house.ends(await house.submit(repo.url, { overrides: { nodes: 1 } }), 240_000);
      shop.clear();
      const run = await house.ends(await house.submit(repo.url), 240_000);
      const console = await house.file(run.id, 'console.log');
      assert.equal(run.state, 'finished', `${run.reason ?? ''}\n${console}`);
      const results = readResults(await house.file(run.id, 'results.json'));
      assert.match(results.source!.title, title);
      assert.equal(results.source!.precision, precision);
      assert.equal(results.nodes.length, 3);
      assert.deepEqual([...new Set(results.labels.map(({ kind }) => kind))].toSorted(), kinds, console);
      const told = results.labels
        .filter(({ kind }) => kind === 'request')
        .flatMap(({ steps }) => steps)
        .reduce((sum, { count }) => sum + count, 0);
      const seen = kinds.includes('request') ? shop.total() : 0;
      assert.ok(told <= seen && seen - told <= inFlight, `told ${told}, seen ${seen}\n${console}`);
      if (kinds.includes('test')) assert.ok(shop.total() > 0);
      const report = await house.file(run.id, 'report.html');
      assert.ok(report.includes(results.source!.title), 'the report says whose figures they are');
      if (name === 'playwright') assert.equal(results.labels[0]!.steps[0]!.count, 6);
    });

  test('nodes say which tools they have', async () => {
    const { nodes } = await house.api<{
      nodes: { versions: Record<string, string>; labels: Record<string, string> }[];
    }>('GET', '/nodes');
    for (const name of ['k6', 'locust', 'jmeter', 'artillery'] as const) {
      if (missingTool(name) !== false) continue;
      for (const { versions, labels } of nodes) {
        assert.match(versions[name] ?? '', name === 'jmeter' ? /./ : /^\d+\.\d+/);
        assert.equal(labels[`has-${name}`], 'yes');
      }
    }
  });

  test('and nothing is left', async () => {
    await house.assertNothingLeft();
  });
});
