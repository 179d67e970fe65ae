import assert from 'node:assert/strict';
import type { ChaosCommand } from '@marteau/shared';
import { waitUntil } from '@marteau/testkit';
import { describeLedger } from '../fixtures/describe-ledger.ts';
import { enterLine, shareOn, start } from '../fixtures/testbed.ts';
import type { ShareLease, Store } from '../index.ts';

const breakIt: ChaosCommand = { do: 'break', proxy: 'db', behavior: 'hang' };

async function underLoad(store: Store): Promise<ShareLease> {
  const lease = await shareOn(store, 'one');
  await start(store, [lease]);
  return lease;
}

describeLedger('commands', {}, (test) => {
  test('each command is heard once and in order, those too that came before', async ({ bed, store }) => {
    const lease = await underLoad(store);
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

  test('what was asked of an earlier attempt is not heard by a later one', async ({ store }) => {
    const lease = await underLoad(store);
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

  test('only a run under load takes commands', async ({ store }) => {
    const { commands } = store;
    await assert.rejects(commands.send('r-nobody', { do: 'heal' }), { code: 'not-found' });
    const lease = await shareOn(store, 'one');
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
});
