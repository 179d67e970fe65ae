import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeHistogram, Histogram, twoDigits } from '@marteau/measure';
import { TickEvent } from '@marteau/shared';
import type { StoredEvent } from '@marteau/store';
import Value from 'typebox/value';
import { consoleEvent, tickEvent } from '../fixtures/drive-run.ts';
import { eventBytes } from './event-bytes.ts';
import { mergeTick } from './merge-tick.ts';
import { createTickMerger } from './merge-ticks.ts';
import { snapshot } from './snapshot.ts';

function share(index: number, values: number[], more: Partial<TickEvent> = {}): TickEvent {
  const histogram = new Histogram(twoDigits);
  for (const value of values) histogram.record(value);
  const encoded = encodeHistogram(histogram.times());
  return tickEvent(1, {
    share: index,
    of: 2,
    requests: values.length,
    histogram: encoded,
    ...more,
  }) as TickEvent;
}

test('percentiles of several shares come from one histogram, counts are added', () => {
  const fast = share(0, Array(98).fill(1000), { users: 3, errors: 1, cpu: 0.2 });
  const slow = share(1, [9000, 9000], { users: 2, errors: 2, cpu: 0.9, recording: false });
  const merged = mergeTick([fast, slow]);
  assert.equal(merged.requests, 100);
  assert.equal(merged.users, 5);
  assert.equal(merged.errors, 3);
  assert.equal(merged.cpu, 0.9);
  assert.equal(merged.recording, true);
  assert.deepEqual(
    merged.shares.map(({ share, requests }) => [share, requests]),
    [
      [0, 98],
      [1, 2],
    ],
  );
  assert.ok(Math.abs(merged.p50 - 1000) < 20, `${merged.p50}`);
  assert.ok(Math.abs(merged.p99 - 9000) < 100, `${merged.p99}`);
});

test('without histograms, or with what is none, the slowest share speaks', () => {
  const damaged = `${share(0, [1]).histogram.slice(0, 20)}AAAA`;
  for (const histogram of ['AAAA', damaged]) {
    const ticks = [share(0, [5], { p95: 10 }), share(1, [], { histogram, p95: 70 })];
    assert.equal(mergeTick(ticks).p95, 70);
  }

  const merged = mergeTick([
    share(0, [], { histogram: '', p95: 10 }),
    share(1, [], { histogram: '', p95: 70 }),
  ]);
  assert.equal(merged.p95, 70);
});

function merged(...events: StoredEvent['event'][]): StoredEvent[] {
  const merger = createTickMerger();
  return [...events.flatMap((event, i) => merger.push({ id: `${i}-0`, event })), ...merger.rest()];
}

const tickOf = (second: number, index: number) => tickEvent(second, { share: index, of: 2 });

test('each second becomes one tick, and everything else stays where it was', () => {
  const out = merged(
    tickOf(1, 0),
    consoleEvent('a'),
    tickOf(1, 1),
    tickOf(2, 1),
    tickOf(2, 0),
    consoleEvent('b'),
  ).map(({ id, event }) =>
    event.type === 'tick' ? `${id} tick ${event.second} of ${event.requests}` : `${id} ${event.type}`,
  );
  assert.deepEqual(out, ['1-0 console', '2-0 tick 1 of 402', '4-0 tick 2 of 404', '5-0 console']);
});

test('a lost share does not hold the others back, and the last second is shown at the end', () => {
  const seconds = merged(tickOf(1, 0), tickOf(1, 1), tickOf(2, 0), tickOf(3, 0), tickOf(4, 0)).map(
    ({ event }) => (event.type === 'tick' ? event.second : 0),
  );
  assert.deepEqual(seconds, [1, 2, 3, 4]);
});

test('an event on the wire has its id and no histogram, and is written once for all viewers', () => {
  const stored = { id: '7-1', event: tickEvent(3, { histogram: 'SECRET' }) };
  const text = String(eventBytes(stored));
  assert.match(text, /^id: 7-1\nevent: tick\ndata: \{.*"second":3.*\}\n\n$/);
  assert.doesNotMatch(text, /SECRET|histogram/);
  assert.equal(eventBytes(stored), eventBytes(stored));
  const console = String(eventBytes({ id: '1-0', event: consoleEvent('a\nb\r\n\u2028') }));
  assert.equal(console.trimEnd().split('\n').length, 3);
});

test('a snapshot ends by itself though the stream goes on', async () => {
  const seen = [];
  const tail = async function* (signal: AbortSignal): AsyncGenerator<StoredEvent> {
    yield { id: '1-0', event: consoleEvent('a') };
    yield { id: '2-0', event: consoleEvent('b') };
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  };
  for await (const { id } of snapshot(tail, 20)) seen.push(id);
  assert.deepEqual(seen, ['1-0', '2-0']);
});

test('a tick has room for the widest histogram of a busy second, and none for what unfolds to gigabytes', () => {
  const spread = Array.from({ length: 100_000 }, (_, i) => Math.ceil(Math.exp((22 * i) / 100_000)));
  assert.ok(Value.Check(TickEvent, share(1, spread)));
  assert.ok(!Value.Check(TickEvent, share(1, [], { histogram: 'A'.repeat(100_000) })));
});
