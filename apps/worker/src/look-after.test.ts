import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookAfter } from './look-after.ts';

test('a node that generates load does light rounds, and a whole one every ten seconds', async () => {
  const rounds: string[] = [];
  const gate = { isLoading: false };
  let now = 0;
  const store = {
    async reconcile({ light = false } = {}) {
      rounds.push(light ? 'light' : 'whole');
    },
  };
  const round = lookAfter(store, gate, () => now);
  const after = async (ms: number): Promise<string> => {
    now += ms;
    await round();
    return rounds.at(-1)!;
  };
  assert.equal(await after(0), 'whole');
  assert.equal(await after(300), 'whole');
  gate.isLoading = true;
  assert.equal(await after(300), 'light');
  assert.equal(await after(9_000), 'light');
  assert.equal(await after(1_000), 'whole');
  assert.equal(await after(300), 'light');
  gate.isLoading = false;
  assert.equal(await after(300), 'whole');
});
