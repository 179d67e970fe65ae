// How faults are spread over time: chunk by chunk, around a latency, turn by turn.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActiveBehavior, Chunk, Link } from '../contracts.ts';
import { startEcho } from '../fixtures/backends.ts';
import { openClient } from '../fixtures/client.ts';
import { startTestProxy } from '../fixtures/proxies.ts';
import { latency } from './latency.ts';

test('a probability per chunk hits the same chunks for the same seed', async () => {
  const hits: number[][] = [];
  for (let round = 0; round < 2; round++) {
    await using echo = await startEcho();
    await using tested = await startTestProxy(echo.address, {
      seed: 5,
      behaviors: [{ behavior: 'corrupt', per: 'chunk', probability: 0.5, direction: 'upstream' }],
    });
    using client = await openClient(tested.port);
    for (let i = 0; i < 40; i++) await client.ask('x', /./s); // one chunk each
    hits.push([...client.text()].flatMap((letter, i) => (letter === 'x' ? [] : [i])));
    assert.equal(tested.events.length, hits[round]!.length);
  }
  assert.ok(hits[0]!.length > 8 && hits[0]!.length < 32, String(hits[0]));
  assert.deepEqual(hits[0], hits[1]);
});

test('latency is as much longer or shorter as its jitter lets it be, and never below zero', () => {
  const draws = [0, 0.25, 0.5, 0.75, 0.999];
  const waitsOf = (options: { latency: number; jitter: number }) => {
    let drawn = 0;
    const active = { draw: () => draws[drawn++ % draws.length]! } as unknown as ActiveBehavior;
    const link = { number: 1 } as Link;
    const hook = latency.stream!(options, active, link);
    return draws.map(() => {
      const chunk = { waits: [] } as unknown as Chunk;
      hook.chunk(chunk, link, 0);
      return Math.round(chunk.waits[0]!.ms);
    });
  };
  assert.deepEqual(waitsOf({ latency: 100, jitter: 20 }), [80, 90, 100, 110, 120]);
  assert.deepEqual(waitsOf({ latency: 10, jitter: 20 }), [0, 0, 10, 20, 30]);
});

test('throttle passes so many requests a second', async () => {
  await using echo = await startEcho();
  await using tested = await startTestProxy(echo.address, {
    behaviors: [{ behavior: 'throttle', options: { rate: 50 } }],
  });
  using client = await openClient(tested.port);
  const start = performance.now();
  for (let i = 0; i < 11; i++) await client.ask('x', 'x');
  // The first one goes at once, the others 20 ms apart; a busy machine can only make it slower.
  assert.ok(performance.now() - start >= 199);
  assert.match(tested.events[0]!.detail, /^waited \d+ ms for its turn$/);
});
