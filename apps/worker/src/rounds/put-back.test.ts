import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { outsidePolicy } from '@marteau/net';
import type { Repair } from '@marteau/store';
import { waitUntil } from '@marteau/testkit';
import { pino } from 'pino';
import type { Context } from '../context.ts';
import { putBack } from './put-back.ts';

/** A server that never answers, and what is left of proxies there, in a store of the test's own. */
async function openHanging(count: number, { allowPrivate = true } = {}) {
  let asked = 0;
  const server = createServer(() => void asked++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const control = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const left = new Map<string, Repair & { next: number }>();
  for (let i = 0; i < count; i++) {
    const state = { kind: 'vaurien', control: `${control}/${i}`, behavior: { name: 'dummy' } };
    left.set(`${i}`, { place: `${i}`, lease: { runId: 'r1' } as never, state, tries: 0, next: 0 });
  }
  const told: string[] = [];
  const clock = { now: 0 };
  const store = {
    repairs: {
      left: async (now: number) => [...left.values()].filter(({ next }) => next <= now),
      tried: async (repair: Repair, next: number) =>
        void left.set(repair.place, { ...repair, tries: repair.tries + 1, next }),
      forget: async ({ place }: Repair) => void left.delete(place),
    },
    events: { append: async (_run: string, events: { text: string }[]) => void told.push(events[0]!.text) },
  };
  const context = {
    store,
    config: { network: { allowed: outsidePolicy({ allowPrivate }) } },
    log: pino({ level: 'silent' }),
    now: () => clock.now,
  } as unknown as Context;
  return {
    context,
    left,
    told,
    clock,
    asked: () => asked,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

test('all that is left is tried at once, and not again before its pause is over', async () => {
  await using it = await openHanging(20);
  const round = putBack(it.context);
  await waitUntil('all to be asked beside each other', () => it.asked() === 20);
  const others = await it.context.store.repairs.left(0);
  assert.deepEqual(others, [], 'another worker leaves them alone meanwhile');
  await it[Symbol.asyncDispose]();
  await round;
  assert.ok([...it.left.values()].every(({ tries, next }) => tries === 1 && next === 2_000));
});

test('what can never be put back is given up after pauses that grow, and its run says so', async () => {
  await using it = await openHanging(1, { allowPrivate: false });
  const pauses: number[] = [];
  for (let i = 0; i < 12; i++) {
    await putBack(it.context);
    const next = it.left.get('0')?.next;
    if (next === undefined) break;
    pauses.push(next - it.clock.now);
    it.clock.now = next;
  }
  assert.deepEqual(pauses.slice(0, 4), [2_000, 4_000, 8_000, 16_000]);
  assert.equal(Math.max(...pauses), 600_000);
  assert.equal(it.left.size, 0);
  assert.match(it.told.join(), /The proxy 0 was left changed and could not be put back in 12 tries/);
  assert.equal(it.asked(), 0, 'an address that this server does not ask is not asked here either');
});

test('a load waits for what its own file names, whenever that was tried, and for nothing else', async () => {
  await using it = await openHanging(3, { allowPrivate: false });
  await putBack(it.context, (control) => control.endsWith('/1'));
  await putBack(it.context, (control) => control.endsWith('/1'));
  assert.deepEqual(
    [...it.left.values()].map(({ tries }) => tries),
    [0, 2, 0],
  );
});
