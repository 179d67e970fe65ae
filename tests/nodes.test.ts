import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partLabels } from '@marteau/shared';
import { waitUntil } from '@marteau/testkit';
import { openHouse } from './house/house.ts';

interface ApiNode {
  name: string;
  state: string;
  calibratedRate: number | null;
  roles: string[];
  labels: Record<string, string>;
  test: { rate: number | null; sentence: string } | null;
}

test('a worker tests what it can generate when asked, and ends when asked', async () => {
  await using house = await openHouse({ env: { MARTEAU_ROLES: 'load', MARTEAU_LABELS: 'region=eu' } });
  const nodes = async () => (await house.api<{ nodes: ApiNode[] }>('GET', '/nodes')).nodes;
  const [node] = await nodes();
  // Load tools that this machine has, and that it contains scripts, are labels of their own.
  const given = Object.entries(partLabels(node?.labels ?? {}).given);
  assert.deepEqual([node?.roles, given, node?.test], [['load'], [['region', 'eu']], null]);

  await house.api('POST', `/nodes/${node!.name}/test`);
  await waitUntil('the test to begin', async () => (await nodes())[0]?.state === 'busy');
  const tested = await waitUntil('its result', async () => (await nodes())[0]?.test, { deadlineMs: 180_000 });
  assert.match(tested.sentence, /^This node (generates .+ for certain|does not keep up)/);
  const [after] = await nodes();
  assert.deepEqual([after?.state, after?.calibratedRate], ['idle', tested.rate]);

  await house.api('POST', `/nodes/${node!.name}/stop`);
  assert.deepEqual(await house.workers[0]!.ended, { code: 0, signal: null });
  assert.deepEqual(await nodes(), []);
  await house.assertNothingLeft();
});
