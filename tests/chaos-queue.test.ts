// Faults and tapes on the whole way through web, queue and worker, and what decides the verdict there.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readResults } from '@marteau/report/schema';
import {
  againWhenLoud,
  startRedis,
  startTargetServer,
  type TargetServer,
  type TestRedis,
} from '@marteau/testkit';
import { type House, openHouse } from './house/house.ts';
import { patientBlackout, plainProject, scriptOf } from './house/projects.ts';

const example = join(import.meta.dirname, '../examples/redis-blackout');
const files = ['.marteau.yml', 'server.ts', 'visits/redis.ts', 'loadtest/visits.test.ts'];

/** What the app of a project answers with: that of the payment provider whose address it was given. */
const shop = `import { createServer } from 'node:http';
const { MARTEAU_PROXY_PAY, MARTEAU_RECORDING_PAYMENTS, PORT } = process.env;
const payments = MARTEAU_PROXY_PAY ? 'http://' + MARTEAU_PROXY_PAY : MARTEAU_RECORDING_PAYMENTS;
createServer(async ({ url }, response) => {
  if (url === '/health') return void response.end('ok');
  try {
    const answer = await fetch(payments + url, { headers: { authorization: 'Bearer sesame-of-the-shop' } });
    response.writeHead(answer.status).end(await answer.text());
  } catch (error) {
    response.writeHead(502).end(String(error));
  }
}).listen(PORT, '127.0.0.1');
`;
const payment = 'GET /pay HTTP/1.1\n\n\n200 OK\n\npaid\n';

describe('faults and tapes, by the queue', { concurrency: 1 }, () => {
  let house: House;
  let redis: TestRedis;
  let target: TargetServer;
  let count = 0;
  before(async () => {
    house = await openHouse();
    redis = await startRedis();
    target = await startTargetServer();
  });
  after(async () => {
    for (const each of [house, redis, target]) await each[Symbol.asyncDispose]();
  });

  async function results(id: string) {
    return readResults(await house.file(id, 'results.json'));
  }

  /** Submits the example, with redis where it is here. */
  async function submitExample(more: Record<string, unknown> = {}, profile?: string): Promise<string> {
    count += 1;
    const texts = await Promise.all(files.map((name) => readFile(join(example, name), 'utf8')));
    const repo = await house.git.createRepo(
      `blackout-${count}`,
      Object.fromEntries(files.map((name, i) => [name, texts[i]!])),
    );
    const proxies = { redis: { upstream: `127.0.0.1:${redis.port}`, protocol: 'redis' } };
    return house.submit(repo.url, { ...(profile ? { profile } : {}), overrides: { proxies, ...more } });
  }

  /** Submits a shop that asks /pay of a payment provider, and says so to its two users. */
  async function submitShop(yml: string, path = '/pay', tape = payment): Promise<string> {
    count += 1;
    const repo = await house.git.createRepo(`shop-${count}`, {
      '.marteau.yml': `name: Shop\nscript: shop.test.ts\napp: {command: node server.ts, ready: /health}\ncycles: 2\nduration: 4s\nramp: 0s\n${yml}`,
      'shop.test.ts': scriptOf(`
      const response = await fetch(process.env.MARTEAU_TARGET + '${path}');
      await response.text();
      await think(20);`),
      'server.ts': shop,
      'pay.rec': tape,
    });
    return house.submit(repo.url);
  }

  test('redis is gone for five seconds: an app that connects again passes', async () => {
    const run = await againWhenLoud(
      async () => house.ends(await submitExample(patientBlackout), 120_000),
      ({ reason }) => reason,
    );
    const { id } = run;
    assert.equal(run.verdict, 'pass', run.reason ?? '');
    const { chaos } = await results(id);
    assert.equal(chaos!.faults[0]!.outcome, 'ok');
    assert.match(await house.file(id, 'report.html'), /redis: blackout at 16 s: recovered/);
    assert.match(await house.file(id, 'console.log'), /redis: blackout for 5 s[\s\S]*redis: blackout healed/);
  });

  test('its twin that does not fails with “did not recover”', async () => {
    const run = await againWhenLoud(
      async () => house.ends(await submitExample({}, 'fragile'), 120_000),
      ({ reason }) => reason,
    );
    assert.equal(run.verdict, 'fail', run.reason ?? '');
    assert.match(run.reason!, /^redis: blackout at 15 s: did not recover \(wanted within 5 s\)/);
  });

  test('an app that goes around its proxy is invalid', async () => {
    const command = `MARTEAU_PROXY_REDIS=127.0.0.1:${redis.port} node server.ts`;
    const more = { duration: '3s', chaos: { seed: 1 }, app: { command, ready: '/health' } };
    const run = await house.ends(await submitExample(more));
    assert.equal(run.verdict, 'invalid', run.reason ?? '');
    assert.match(run.reason!, /^Nothing went through proxy redis/);
  });

  test('a stand-in answers for a third party', async () => {
    const id = await submitShop('recordings: {payments: {file: pay.rec}}\n');
    const run = await house.ends(id);
    assert.equal(run.verdict, 'pass', run.reason ?? '');
    const [tape] = (await results(id)).recordings!;
    assert.ok(tape!.calls > 10 && tape!.unmatched === 0, JSON.stringify(tape));
  });

  for (const verdict of ['fail', 'invalid'] as const) {
    test(`what is not on the tape makes the run ${verdict} when the file says so`, async () => {
      const bounds = "thresholds: ['errors <= 100%', 'failures <= 100%']\n";
      const yml = `${bounds}recordings: {payments: {file: pay.rec, verdict: ${verdict}}}\n`;
      const id = await submitShop(yml, '/refund');
      const run = await house.ends(id);
      assert.equal(run.verdict, verdict, run.reason ?? '');
      assert.match(run.reason!, /payments/);
      assert.match(await house.file(id, 'report.html'), /GET \/refund is not on the tape/);
    });
  }

  test('a stand-in behind a proxy fails in its share of calls', async () => {
    const id = await submitShop(`thresholds: ['errors > 20%', 'errors < 80%', 'failures < 1%']
recordings: {payments: {file: pay.rec, latency: none}}
proxies: {pay: {upstream: "payments:443", protocol: http}}
chaos: {seed: 3, behaviors: {pay: "50:error"}}
`);
    const run = await house.ends(id);
    assert.equal(run.verdict, 'pass', run.reason ?? '');
    const { chaos, recordings } = await results(id);
    assert.equal(chaos!.proxies[0]!.used, true);
    assert.ok(recordings![0]!.calls > 10, JSON.stringify(recordings));
  });

  test('a tape that a run recorded is kept with it, without secrets, and linked on its page', async () => {
    const recording = `{file: new.rec, mode: record, server: "${target.url}"}`;
    const id = await submitShop(`recordings: {payments: ${recording}}\n`, '/hello');
    const run = await house.ends(id);
    assert.equal(run.verdict, 'pass', run.reason ?? '');
    const tape = await house.file(id, 'tapes/payments.rec');
    assert.match(tape, /^GET \/hello HTTP\/1\.1$/m);
    assert.match(tape, /^Authorization: Bearer XXX$/im);
    assert.doesNotMatch(tape, /sesame-of-the-shop/);
    const page = await (await fetch(`${house.url}/runs/${id}`)).text();
    assert.ok(page.includes(`href="/runs/${id}/files/tapes/payments.rec"`));
  });

  test('a run without either is as ever', async () => {
    count += 1;
    const repo = await house.git.createRepo(`plain-${count}`, plainProject(target.url));
    const run = await house.ends(await house.submit(repo.url));
    assert.equal(run.verdict, 'pass', run.reason ?? '');
    await house.assertNothingLeft();
  });
});
