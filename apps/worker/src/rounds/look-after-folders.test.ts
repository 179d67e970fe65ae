import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookAfterFolders } from './look-after-folders.ts';

test('a node that generates load looks after folders every ten seconds, any other one in every round', async () => {
  const rounds: string[] = [];
  const gate = { isLoading: false };
  let now = 0;
  const store = {
    async reconcile(part = 'all') {
      rounds.push(part);
    },
  };
  const round = lookAfterFolders(store, gate, () => now);
  const after = async (ms: number): Promise<string[]> => {
    now += ms;
    await round();
    return rounds.splice(0);
  };
  assert.deepEqual(await after(0), ['folders']);
  assert.deepEqual(await after(300), ['folders']);
  gate.isLoading = true;
  assert.deepEqual(await after(300), []);
  assert.deepEqual(await after(9_000), []);
  assert.deepEqual(await after(1_000), ['folders']);
  assert.deepEqual(await after(300), []);
  gate.isLoading = false;
  assert.deepEqual(await after(300), ['folders']);
});
