import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { ChaosCommand } from '@marteau/shared';
import { waitUntil } from '@marteau/testkit';
import { enterLine, joinNode, openTestbed, shares, type Testbed } from '../fixtures/testbed.ts';
import type { ShareLease, Store } from '../index.ts';

let bed: Testbed;
let store: Store;
before(async () => {
  bed = await openTestbed();
});
beforeEach(async () => {
  await bed.reset();
  store = await bed.open();
});
after(() => bed[Symbol.asyncDispose]());

async function onNode(): Promise<ShareLease> {
  const id = await enterLine(store);
  const node = await joinNode(store, 'one');
  await waitUntil('its node', async () => {
    await store.reconcile();
    return (await store.ledger.attempt(id))?.nodes.length === 1;
  });
  return (await shares(store, id, [node]))[0]!;
}

async function underLoad(): Promise<ShareLease> {
  const lease = await onNode();
  await store.ledger.ready(lease, new AbortController().signal);
  return lease;
}

const breakIt: ChaosCommand = { do: 'break', proxy: 'db', behavior: 'hang' };

test('each command is heard once and in order, those too that came before', async () => {
  const lease = await underLoad();
  const web = await bed.open({ kind: 'web' });
  await web.commands.send(lease.runId, breakIt);
  const heard: string[] = [];
  const end = store.commands.listen(lease, (command) => void heard.push(command.do));
  await web.commands.send(lease.runId, { do: 'heal' });
  await web.commands.send(lease.runId, breakIt);
  await waitUntil('all of them', () => heard.length === 3);
  assert.deepEqual(heard, ['break', 'heal', 'break']);
  end();
  await web.commands.send(lease.runId, { do: 'heal' });
  const again: string[] = [];
  const endAgain = store.commands.listen(lease, (command) => void again.push(command.do));
  await waitUntil('the list', () => again.length === 4);
  assert.equal(heard.length, 3);
  endAgain();
});

test('what was asked of an earlier attempt is not heard by a later one', async () => {
  const lease = await underLoad();
  await store.commands.send(lease.runId, breakIt);
  const heard = { own: 0, later: 0 };
  const ends = [
    store.commands.listen({ ...lease, attempt: lease.attempt + 1 }, () => heard.later++),
    store.commands.listen(lease, () => heard.own++),
  ];
  await waitUntil('the command', () => heard.own === 1);
  assert.equal(heard.later, 0);
  for (const end of ends) end();
});

test('only a run under load takes commands', async () => {
  const { commands } = store;
  await assert.rejects(commands.send('r-nobody', { do: 'heal' }), { code: 'not-found' });
  const lease = await onNode();
  await assert.rejects(commands.send(lease.runId, breakIt), {
    code: 'wrong-state',
    message: /not under load yet/,
  });
  const waiting = await enterLine(store);
  await assert.rejects(commands.send(waiting, breakIt), { code: 'wrong-state', message: /waiting/ });
  await store.ledger.ready(lease, new AbortController().signal);
  await commands.send(lease.runId, breakIt);
  await store.ledger.done(lease);
  await assert.rejects(commands.send(lease.runId, breakIt), { code: 'wrong-state' });
});
