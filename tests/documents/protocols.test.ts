import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis } from '@marteau/testkit';
import { type WebSocket, WebSocketServer } from 'ws';
import { cycle, measure } from '../../packages/load/src/fixtures/run-script.ts';
import { exampleOf } from './protocol-examples.ts';

const steps = [cycle(2, { rampMs: 0, durationMs: 20_000, iterations: { count: 2, per: 'user' } })];

/** A service of everything that the guide's pages ask of theirs. */
async function startService(): Promise<AsyncDisposable & { url: string }> {
  const server = createServer(async ({ url }, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (url === '/news') response.write('data: something happened\n\n');
    else {
      for (const token of ['hello', 'you']) {
        response.write(`data: ${token}\n\n`);
        await sleep(2);
      }
      response.end('data: [DONE]\n\n');
    }
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket: WebSocket) =>
    socket.on('message', (data) => socket.send(data.toString())),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** What was measured: 'ws GET /rooms/:id round trip 4'. */
async function measuredBy(script: string, target: string | null, env: Record<string, string> = {}) {
  const { metrics = [], failures } = await measure({ script, job: { target, env }, steps });
  assert.deepEqual(
    failures.map(({ message }) => message),
    [],
  );
  return metrics.map(({ of, name, steps: [stage] }) => `${of?.kind} ${of?.label} ${name} ${stage?.count}`);
}

describe('the examples of the guide run as load, and are measured:', () => {
  test('WebSockets', async () => {
    await using service = await startService();
    const measured = await measuredBy(exampleOf('websocket.md', 0), service.url);
    assert.ok(measured.includes('ws GET /rooms/:id round trip 4'), measured.join('\n'));
  });

  test('streams of events, and streamed answers', async () => {
    await using service = await startService();
    const begin = 'const target = process.env.MARTEAU_TARGET;\n';
    const script = `${exampleOf('streams.md', 0)}\n${begin}${exampleOf('streams.md', 1)}`;
    const measured = await measuredBy(script, service.url, { MARTEAU_TARGET: service.url });
    for (const one of [
      'sse GET /news first event 2',
      'stream POST /chat first piece 2',
      'stream POST /chat end 2',
    ])
      assert.ok(measured.includes(one), measured.join('\n'));
  });

  test('Redis', async () => {
    await using redis = await startRedis();
    const measured = await measuredBy(exampleOf('other-kinds.md', 1), null, { REDIS_URL: redis.url });
    assert.ok(measured.includes('redis visits time 4'), measured.join('\n'));
  });
});
