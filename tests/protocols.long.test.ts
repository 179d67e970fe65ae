// The examples of protocols on the whole way: the form's API, two nodes beside that of the app, the live page, the report.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readResults } from '@marteau/report/schema';
import { startBrowser } from '@marteau/testkit';
import { type House, openHouse } from './house/house.ts';
import { installedPackages } from './house/installed-packages.ts';
import { type NpmRegistry, startNpmRegistry } from './house/npm-registry.ts';

async function filesOf(example: string): Promise<Record<string, string>> {
  const folder = join(import.meta.dirname, '../examples', example);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path), 'utf8')])),
  );
}

describe('over two nodes', { concurrency: 1 }, () => {
  let house: House;
  let registry: NpmRegistry;
  before(async () => {
    registry = await startNpmRegistry(await installedPackages('@grpc/grpc-js'));
    house = await openHouse({ workers: 3, env: { npm_config_registry: registry.url } });
  });
  after(async () => {
    await house[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  });

  /** Runs an example, and says what was measured: by kind and what, the count of both nodes. */
  async function run(example: string, isShown: readonly string[], thresholds: readonly string[]) {
    const repo = await house.git.createRepo(example, await filesOf(example));
    const overrides = {
      nodes: 2,
      cycles: '6',
      duration: '5s',
      ramp: '0s',
      thresholds: [...thresholds, 'errors < 50%'],
    };
    const id = await house.submit(repo.url, { overrides });
    await using browser = await startBrowser();
    await using tab = await browser.openPage();
    await tab.page.goto(`${house.url}/runs/${id}`);
    for (const chart of isShown)
      await tab.page.locator(`[data-chart=${chart}]`).waitFor({ state: 'visible', timeout: 90_000 });
    const { reason, nodes } = await house.ends(id, 180_000);
    assert.equal(nodes, 2);
    const results = readResults(await house.file(id, 'results.json'));
    const judged = results.judgement!.thresholds.filter(({ threshold }) => threshold.of);
    assert.deepEqual(
      judged.map(({ outcome }) => outcome),
      ['ok', 'ok'],
      reason ?? '',
    );
    const report = await house.file(id, 'report.html');
    assert.match(report, /Sockets, streams and other kinds/);
    assert.ok(results.nodes.every(({ requests }) => requests > 0));
    return new Map(
      results.metrics!.map(({ of, name, steps }) => [
        `${of?.kind} ${name}`,
        steps.reduce((n, s) => n + s.count, 0),
      ]),
    );
  }

  test('a chat over WebSockets', async () => {
    const counts = await run(
      'chat',
      ['messages', 'round-trips', 'streams'],
      ['p95 of ws < 10s', 'closed abnormally < 1%'],
    );
    assert.ok(counts.get('ws round trip')! > 40);
    assert.ok(counts.get('ws sent')! >= counts.get('ws round trip')!);
    assert.ok(counts.get('ws closed 1000 by the client')! > 0);
  });

  test('streams of events, and answers token by token', async () => {
    const counts = await run('stream', ['messages', 'streams'], ['p95 of sse < 10s', 'p95 of stream < 10s']);
    for (const one of ['sse first event', 'sse between events', 'stream first piece', 'stream end'])
      assert.ok(counts.get(one)! > 0, one);
  });

  test('calls over gRPC', async () => {
    const watch = 'p95 of grpc "/prices.v1.Prices/Watch"';
    const counts = await run('grpc', [], [`${watch} first message < 10s`, `${watch} between messages < 10s`]);
    assert.ok(counts.get('grpc received')! > counts.get('grpc sent')!);
  });
});
