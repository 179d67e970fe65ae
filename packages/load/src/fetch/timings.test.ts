import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { startTargetServer } from '@marteau/testkit';
import { openFetch } from '../fixtures/open-fetch.ts';
import { cycle, measure, statsOf } from '../fixtures/run-script.ts';

describe('the time of a request', () => {
  it('is told by its phases', async () => {
    await using target = await startTargetServer();
    const measurements = await measure({
      script: `
        import { test } from 'node:test';
        test('asks', async () => {
          await (await fetch('/slow?ms=30')).text();
          await (await fetch('/chunked?chunks=3&ms=10')).text();
          await Promise.all(Array.from({ length: 8 }, () => fetch('/slow?ms=20&many')));
        });`,
      job: { target: target.url.replace('127.0.0.1', 'localhost') },
      steps: [cycle(1, { rampMs: 0, durationMs: 10_000, iterations: { count: 2, per: 'user' } })],
    });
    const slow = statsOf(measurements, 'GET /slow').phases;
    assert.ok(slow.waiting!.sum >= 2 * 29_000 + 16 * 19_000);
    // A user has six connections; the first five that are opened beside the first look the host up and connect.
    assert.deepEqual([slow.connect!.count, slow.dns!.count >= 1], [6, true]);
    assert.ok(slow.blocked!.max >= 10_000, 'the seventh and eighth wait for a connection');
    const chunked = statsOf(measurements, 'GET /chunked').phases;
    assert.ok(chunked.receiving!.sum >= 2 * 15_000);
    assert.equal(chunked.tls, undefined);
  });

  it('has one for what takes long to send, and bytes are counted both ways', async () => {
    const server = createServer((request, response) => {
      setTimeout(() => request.resume().on('end', () => response.end('x'.repeat(1000))), 50);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    using user = openFetch({ target: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    const body = 'y'.repeat(20_000_000);
    await (await user.fetch('/', { method: 'POST', body })).text();
    const [exchange] = user.exchanges;
    assert.ok(exchange!.flushed - exchange!.sent >= 40, 'sending');
    assert.ok(exchange!.first >= exchange!.flushed);
    assert.ok(exchange!.bytesOut > body.length && exchange!.bytesOut < body.length + 1000);
    assert.ok(exchange!.bytesIn > 1000 && exchange!.bytesIn < 2000);
    server.closeAllConnections();
    server.close();
  });
});
