import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retainer } from './retain.ts';

const MINUTE_MS = 60_000;

test('what is too old is removed once an hour, and after the load where a node generates some', async () => {
  let rounds = 0;
  let now = 0;
  const gate = { isLoading: false };
  const round = retainer({
    retention: { maxAgeMs: null, maxBytes: null },
    store: {
      retain: async () => {
        rounds += 1;
        return { removed: [], bytes: 0 };
      },
      trees: { expire: async () => ({ removed: 0, bytes: 0 }) },
    },
    gate,
    log: { info: () => {} },
    now: () => now,
  });
  const after = async (minutes: number): Promise<number> => {
    now += minutes * MINUTE_MS;
    await round();
    return rounds;
  };
  assert.equal(await after(0), 1);
  assert.equal(await after(59), 1);
  gate.isLoading = true;
  assert.equal(await after(30), 1);
  gate.isLoading = false;
  assert.equal(await after(1), 2);
  assert.equal(await after(1), 2);
});
