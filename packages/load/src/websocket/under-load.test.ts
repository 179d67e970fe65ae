import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { WebSocketServer } from 'ws';
import { cycle, measure, metricOf, statsOf } from '../fixtures/run-script.ts';

async function startChat(): Promise<
  AsyncDisposable & { readonly url: string; received(path: string): number }
> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: true });
  const received = new Map<string, number>();
  server.on('connection', (socket, { url = '' }) => {
    if (url === '/bye') socket.close(1011, 'overloaded');
    if (url === '/drop') socket.terminate();
    socket.send('welcome');
    socket.on('message', (data, isBinary) => {
      received.set(url, (received.get(url) ?? 0) + 1);
      socket.send(data, { binary: isBinary });
    });
  });
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: (path) => received.get(path) ?? 0,
    async [Symbol.asyncDispose]() {
      for (const client of server.clients) client.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('WebSockets under load', () => {
  it('are measured: handshakes, messages both ways, round trips, ends', async () => {
    await using chat = await startChat();
    const measurements = await measure({
      script: `
        import assert from 'node:assert/strict';
        import { once } from 'node:events';
        import { test } from 'node:test';
        import { label, ping, reply } from 'marteau';
        test('chats', async () => {
          const socket = new WebSocket('/chat/17');
          await once(socket, 'open');
          for (const text of ['one', 'two', 'x'.repeat(2000)]) {
            socket.send(text);
            assert.equal(await reply(socket, text), text);
          }
          assert.ok((await ping(socket)) >= 0);
          const late = ping(socket).catch(({ message }) => assert.match(message, /closed before the pong/));
          socket.close();
          await once(socket, 'close');
          await late;
          await assert.rejects(ping(socket), /closed before the pong/);
        });
        test('is turned away', async () => {
          const socket = label('bye', () => new WebSocket('/bye'));
          const [{ code, reason, wasClean }] = await once(socket, 'close');
          assert.deepEqual([code, reason, wasClean], [1011, 'overloaded', true]);
        });
        test('is dropped', async () => {
          const socket = new WebSocket('/drop');
          const [{ code, wasClean }] = await once(socket, 'close');
          assert.deepEqual([code, wasClean], [1006, false]);
        });`,
      job: { target: chat.url },
      steps: [cycle(2, { rampMs: 0, durationMs: 10_000, iterations: { count: 6, per: 'user' } })],
    });
    assert.deepEqual(
      measurements.failures.filter(({ kind }) => kind === 'failure'),
      [],
    );
    assert.deepEqual(statsOf(measurements, 'GET /chat/:id').outcomes, { 101: 4 });
    const of = (name: string) => metricOf(measurements, name, 'GET /chat/:id');
    assert.deepEqual([of('connecting')?.count, of('open')?.count, of('first message')?.count], [4, 4, 4]);
    assert.deepEqual([of('sent')?.count, of('sent')?.sum], [12, 4 * 2006]);
    assert.equal(of('received')?.count, 16);
    assert.ok(of('received')!.sum < 4 * 2013, 'what was compressed counts as it came');
    assert.deepEqual([of('round trip')?.count, of('errors')?.sum], [12, 0]);
    assert.ok(of('ping')!.count >= 4 && of('ping')!.sum > 0);
    assert.equal(of('closed 1005 by the client')?.sum, 4);
    assert.deepEqual([of('closed abnormally')?.count, of('closed abnormally')?.sum], [4, 0]);
    assert.equal(metricOf(measurements, 'closed 1011 by the target', 'bye')?.sum, 4);
    assert.equal(metricOf(measurements, 'closed abnormally', 'GET /drop')?.sum, 4);
    const errors = measurements.failures.filter(({ kind }) => kind === 'error');
    assert.deepEqual(errors.map(({ label, message, count }) => `${label} ${message} ${count}`).toSorted(), [
      'GET /drop ws closed 1006 by the target: the connection was closed without a close frame 4',
      'bye ws closed 1011 by the target: overloaded 4',
    ]);
  });

  it('send no more messages than their host allows, in order, and close behind them', async () => {
    await using chat = await startChat();
    const begun = performance.now();
    const measurements = await measure({
      script: `
        import assert from 'node:assert/strict';
        import { once } from 'node:events';
        import { test } from 'node:test';
        import { ping, reply, trend } from 'marteau';
        const whole = trend('whole');
        const texts = Array.from({ length: 20 }, (_, n) => 'message ' + n);
        test('chats', async () => {
          const socket = new WebSocket('/chat');
          const got = [];
          socket.addEventListener('message', ({ data }) => got.push(data));
          await once(socket, 'open');
          const bytes = new TextEncoder().encode('bytes');
          socket.binaryType = 'arraybuffer';
          const begun = performance.now();
          for (const text of texts) socket.send(text);
          socket.send(bytes);
          bytes.fill(0);
          assert.ok(socket.bufferedAmount > 100, 'what waits is told');
          socket.send('the last');
          const answered = reply(socket, 'the last');
          await reply(socket, 'the last');
          whole.add(performance.now() - begun);
          assert.equal(Buffer.from(got.at(-2)).toString(), 'bytes', 'as they were when they were sent');
          assert.deepEqual(got.slice(1, -2), texts);
          for (let n = 0; n < 10; n += 1) socket.send('and more');
          socket.close();
          socket.send('nobody hears this');
          assert.equal(socket.readyState, WebSocket.CLOSING);
          const [{ wasClean }] = await once(socket, 'close');
          assert.ok(wasClean);
          await answered;
        });
        test('leaves', async () => {
          const socket = new WebSocket('/left');
          await once(socket, 'open');
          const pings = Array.from({ length: 60 }, () => ping(socket).catch(() => null));
          const begun = performance.now();
          await pings[59];
          assert.ok(performance.now() - begun > 1000, 'pings wait for their turn, too');
          for (let n = 0; n < 5_000; n += 1) socket.send('far too much');
        });`,
      job: { target: chat.url, threads: 2, rates: { [new URL(chat.url).host]: 40 } },
      steps: [cycle(2, { rampMs: 0, durationMs: 30_000, iterations: { count: 2, per: 'user' } })],
    });
    const seconds = (performance.now() - begun) / 1000;
    assert.deepEqual(measurements.failures, []);
    assert.equal(metricOf(measurements, 'sent', 'GET /chat')?.count, 2 * 32);
    assert.equal(chat.received('/chat'), 2 * 32, 'what was sent before the close came before it');
    assert.ok(seconds >= (2 * 32) / 40, `${seconds} s`);
    assert.ok(chat.received('/left') < 40 * seconds, 'who leaves sends no more');
    const trip = metricOf(measurements, 'round trip', 'GET /chat')!;
    const whole = measurements.metrics!.find(({ name }) => name === 'whole')!.steps[0]!;
    assert.equal(trip.count, 2 * whole.count);
    const [tripMs, wholeMs] = [trip.sum / 2 / 1000, whole.sum];
    assert.ok(tripMs < wholeMs - 2 * 400, `the wait is no part of it: ${tripMs} of ${wholeMs} ms`);
    assert.deepEqual(
      measurements.generator.limits.map(({ code }) => code).filter((code) => code === 'consent'),
      ['consent'],
    );
  });
});
