import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinNode, openTestbed } from '../fixtures/testbed.ts';

test('a worker of another version is refused beside live ones, with the reason', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  const first = await joinNode(store, 'n1');
  await joinNode(store, 'n2', { versions: { marteau: '0.1.9', node: '24.1.0' } });
  const newer = { versions: { marteau: '0.3.0', node: '24.0.0' } };
  // The next version works beside it: machines are brought there one by one.
  const next = await joinNode(store, 'n5', { versions: { marteau: '0.2.0', node: '24.0.0' } });
  await next.leave();
  await assert.rejects(joinNode(store, 'n3', newer), {
    code: 'node-version',
    message:
      /is Marteau 0\.3\.0, and the node n[12] .* runs 0\.1\..*second number .* by one.* start it again/,
  });
  await first.leave();
  await assert.rejects(joinNode(store, 'n3', newer), { code: 'node-version' });

  const otherNode = { versions: { marteau: '0.1.0', node: '26.0.0' } };
  await assert.rejects(joinNode(store, 'n4', otherNode), {
    code: 'node-version',
    message:
      /is Node\.js 26\.0\.0, and the node n2 .* runs 24\.1\.0: .*the first number of the version must be/,
  });
});
