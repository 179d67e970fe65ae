import assert from 'node:assert/strict';
import { once } from 'node:events';
import { constants, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startTargetServer } from '@marteau/testkit';
import { cycle, measure, statsOf } from '../fixtures/run-script.ts';

/** Where a package is, for a script in a folder of its own. */
const pathOf = (url: string) => JSON.stringify(fileURLToPath(url));
const steps = [cycle(2, { rampMs: 0, durationMs: 10_000, iterations: { count: 5, per: 'user' } })];

/** Name, what the note calls it, and how it asks for a path of the target. */
const clients: [string, string, string][] = [
  [
    'node:http',
    'node:http',
    "(path) => new Promise((resolve, reject) => http.get(target + path, (response) => response.resume().on('end', () => resolve(response.statusCode)).on('error', reject)).on('error', reject))",
  ],
  [
    'undici’s request',
    'undici',
    'async (path) => { const { statusCode, body } = await undici.request(target + path); await body.text(); return statusCode; }',
  ],
  [
    'undici’s fetch',
    'undici',
    'async (path) => { const response = await undici.fetch(target + path); await response.text(); return response.status; }',
  ],
  [
    'axios, with an agent that keeps connections',
    'node:http',
    'async (path) => (await client.get(target + path)).status',
  ],
  [
    'got',
    'node:http',
    'async (path) => (await got(target + path, { throwHttpErrors: false, retry: { limit: 0 } })).statusCode',
  ],
];

describe('another client in a script is measured:', () => {
  for (const [name, noted, ask] of clients) {
    it(name, async () => {
      await using target = await startTargetServer();
      const measurements = await measure({
        script: `
          import assert from 'node:assert/strict';
          import http from 'node:http';
          import { test } from 'node:test';
          import axios from ${pathOf(import.meta.resolve('axios'))};
          import got from ${pathOf(import.meta.resolve('got'))};
          import undici from ${pathOf(import.meta.resolve('undici'))};
          const target = process.env.MARTEAU_TARGET;
          const client = axios.create({ validateStatus: null, httpAgent: new http.Agent({ keepAlive: true }) });
          const ask = ${ask};
          test('asks', async () => {
            assert.equal(await ask('/hello'), 200);
            assert.equal(await ask('/status/503'), 503);
            assert.equal(await ask('/slow?ms=20'), 200);
            await assert.rejects(ask('/reset'));
            await assert.rejects(ask('/drop'));
          });`,
        job: { target: target.url },
        steps,
      });
      assert.deepEqual(
        measurements.failures.filter(({ kind }) => kind === 'failure'),
        [],
      );
      const hello = statsOf(measurements, 'GET /hello');
      assert.deepEqual([hello.count, hello.errors, hello.outcomes], [10, 0, { 200: 10 }]);
      assert.ok(hello.bytesIn > 10 * 12);
      assert.ok((hello.phases.waiting?.count ?? 0) === 10);
      assert.equal(statsOf(measurements, 'GET /status/:id').errors, 10);
      assert.ok(statsOf(measurements, 'GET /slow').time.min >= 19_000);
      for (const label of ['GET /reset', 'GET /drop']) {
        const { count, errors } = statsOf(measurements, label);
        assert.deepEqual([count, errors], [10, 10], label);
      }
      assert.match(measurements.notes.join(), new RegExp(`Requests by ${noted} take the slow road`));
    });
  }

  it('node:http2', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/reset') request.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      else response.writeHead(request.url === '/missing' ? 404 : 200).end('hello over http2');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const measurements = await measure({
      script: `
        import http2 from 'node:http2';
        import { test } from 'node:test';
        test('asks', async () => {
          const session = http2.connect('http://127.0.0.1:${port}');
          for (const path of ['/here', '/missing', '/reset']) {
            const stream = session.request({ ':path': path });
            stream.resume();
            await new Promise((resolve, reject) => stream.on('close', resolve).on('error', resolve));
          }
          session.close();
        });`,
      steps,
    });
    server.close();
    assert.deepEqual(statsOf(measurements, 'GET /here').outcomes, { 200: 10 });
    assert.deepEqual(statsOf(measurements, 'GET /missing').outcomes, { 404: 10 });
    const { count, errors, outcomes } = statsOf(measurements, 'GET /reset');
    assert.deepEqual([count, errors, outcomes['200']], [10, 10, undefined]);
    assert.match(measurements.notes.join(), /Requests by node:http2 take the slow road/);
  });

  it('and fetch itself is not counted twice', async () => {
    await using target = await startTargetServer();
    const measurements = await measure({
      script:
        "import { test } from 'node:test'; test('asks', async () => { await (await fetch('/hello')).text(); });",
      job: { target: target.url },
      steps,
    });
    assert.equal(statsOf(measurements, 'GET /hello').count, 10);
    assert.deepEqual(measurements.notes, []);
  });
});
