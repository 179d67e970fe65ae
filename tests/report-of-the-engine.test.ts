// The report, made from what the engine really measures of a real target.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { launch } from '@marteau/launch';
import { startShare } from '@marteau/load';
import { type Measurements, parseThreshold } from '@marteau/measure';
import { buildResults, mergeMeasurements, renderReport, summarise } from '@marteau/report';
import { readResults } from '@marteau/report/schema';
import type { Plan } from '@marteau/shared';
import { createTempFolder, startTargetServer } from '@marteau/testkit';
import { aRun } from '@marteau/testkit/a-run';

const script = `
import { test } from 'node:test';
import assert from 'node:assert/strict';
let passes = 0;
test('browse', async () => {
  assert.equal((await fetch('/hello')).status, 200);
  const page = await fetch('/slow?ms=5');
  assert.equal(page.status, 200);
  if (++passes % 4 === 0) assert.equal((await fetch('/status/503')).status, 200, 'the shop is open');
});
`;

const plan: Plan = {
  steps: [2, 4].map((users, index) => ({
    index,
    name: `${users} users`,
    model: 'closed',
    users: { from: users, to: users },
    rate: null,
    maxUsers: null,
    iterations: null,
    rampMs: 200,
    durationMs: 2000,
    recorded: true,
    test: null,
  })),
};

/** Runs the script as the shares of a load, one after the other begun, and returns what each measured. */
async function measure(target: string, shares: number): Promise<Measurements[]> {
  await using folder = await createTempFolder();
  await writeFile(join(folder.path, 'shop.test.ts'), script);
  const at = Date.now() + 3000;
  return await Promise.all(
    Array.from({ length: shares }, async (_, index) => {
      const out = join(folder.path, `out-${index}`);
      await mkdir(out);
      const share = await startShare(
        {
          root: folder.path,
          wdir: '.',
          script: 'shop.test.ts',
          test: null,
          plan,
          share: { index, of: shares },
          node: `node-${index + 1}`,
          target,
          env: {},
          out,
          run: null,
          secrets: [],
          threads: 1,
          options: {
            session: 'iteration',
            connections: 'keep',
            mark: true,
            labels: [],
            expected: [],
            tls: { verify: true, ca: null },
            requestTimeoutMs: 10_000,
            data: {},
          },
        },
        { launch, signal: new AbortController().signal },
      );
      share.stdout.resume();
      share.stderr.resume();
      const ready = await share.ready;
      if ('error' in ready) throw ready.error;
      share.start(at);
      const done = await share.done;
      if ('error' in done) throw done.error;
      return done.measurements;
    }),
  );
}

const thresholds = ['p95 < 10s', 'errors < 1%', 'failures of "browse" < 50%'].map((source) => {
  const parsed = parseThreshold(source);
  assert.ok('threshold' in parsed);
  return parsed.threshold;
});

test('two shares of a real load become one report', { timeout: 120_000 }, async () => {
  await using target = await startTargetServer();
  const measurements = await measure(target.url, 2);
  const merged = mergeMeasurements(measurements);
  const results = buildResults({
    run: aRun({ target: target.url, nodes: 2 }),
    file: 'script: shop.test.ts\n',
    plan,
    thresholds,
    measurements: merged,
  });
  assert.deepEqual(readResults(JSON.stringify(results)), results);

  assert.deepEqual(results.labels.map(({ kind, name }) => `${kind} ${name}`).toSorted(), [
    'request GET /hello',
    'request GET /slow',
    'request GET /status/:id',
    'test browse',
  ]);
  const seen = target.seen.requests;
  const counted = results.steps.reduce((sum, { requests }) => sum + requests.count, 0);
  assert.ok(counted > 100 && counted <= seen, `${counted} of ${seen}`);
  for (const { requests, tests } of results.steps) {
    assert.equal(requests.outcomes['503'] ?? 0, requests.errors);
    assert.ok(Math.abs(tests.errors - requests.errors) <= 4, 'each 503 fails its iteration');
    assert.ok(requests.time.min! <= requests.time.p50! && requests.time.p50! <= requests.time.max!);
    assert.ok(Math.abs(requests.rate - requests.count / 2) < 1e-6);
  }
  const slow = results.labels.find(({ name }) => name === 'GET /slow')!;
  assert.ok(slow.steps.every(({ time }) => time.min! >= 4_000));

  assert.deepEqual(
    results.judgement?.thresholds.map(({ outcome }) => outcome),
    ['ok', 'fail', 'ok'],
  );
  assert.equal(results.judgement?.verdict, 'fail');
  assert.match(
    results.judgement.reason,
    /^Errors .* % at \d users \(wanted < 1 %\); 1 of 3 thresholds failed\.$/,
  );
  assert.ok(
    results.failures.some(({ kind, source }) => kind === 'failure' && source?.startsWith('shop.test.ts:')),
  );
  assert.equal(summarise(results)?.requests, counted);

  assert.equal(results.environment['Target address'], '127.0.0.1');

  const html = renderReport(results);
  assert.match(html, /GET \/slow/);
  assert.match(html, /the shop is open/);
  assert.doesNotMatch(html.replace(/<script[\s\S]*?<\/script>/g, ''), /\bundefined\b|\bNaN\b/);
});
