import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Gate } from './gate.ts';

function scene() {
  const gate = new Gate();
  const log: string[] = [];
  const work = (name: string) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const run = async () => {
      log.push(`${name} begins`);
      await promise;
      log.push(`${name} ends`);
    };
    return { run, finish: resolve };
  };
  return { gate, log, work };
}

test('desk work waits while load is generated', async () => {
  const { gate, log, work } = scene();
  const [load, desk] = [work('load'), work('desk')];
  const all = [gate.load(load.run), gate.desk(desk.run)];
  await turn();
  load.finish();
  desk.finish();
  await Promise.all(all);
  assert.deepEqual(log, ['load begins', 'load ends', 'desk begins', 'desk ends']);
});

test('load waits for the desk work at hand, and new desk work waits for the load', async () => {
  const { gate, log, work } = scene();
  const [first, load, second] = [work('first'), work('load'), work('second')];
  const all = [gate.desk(first.run), gate.load(load.run), gate.desk(second.run)];
  for (const { finish } of [first, load, second]) finish();
  await Promise.all(all);
  assert.deepEqual(
    log.filter((line) => line.endsWith('begins')),
    ['first begins', 'load begins', 'second begins'],
  );
});

test('a load that is cancelled while it waits opens the gate again', async () => {
  const { gate, log, work } = scene();
  const [desk, load, later] = [work('desk'), work('load'), work('later')];
  const controller = new AbortController();
  const atDesk = gate.desk(desk.run);
  const atLoad = gate.load(load.run, controller.signal);
  const atLater = gate.desk(later.run);
  controller.abort();
  await assert.rejects(atLoad, { name: 'AbortError' });
  later.finish();
  await atLater;
  desk.finish();
  await atDesk;
  assert.deepEqual(log, ['desk begins', 'later begins', 'later ends', 'desk ends']);
});
