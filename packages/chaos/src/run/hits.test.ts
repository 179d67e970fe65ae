import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChaosEvents } from '../events.ts';
import { startBackend } from '../fixtures/backends.ts';
import { openClient } from '../fixtures/client.ts';
import { startTestProxy } from '../fixtures/proxies.ts';
import { type Tally, tallyFaults } from '../outputs/tally.ts';
import { Hits } from './hits.ts';

test('what faults could not hit is told with its connections, and is no hit', async () => {
  await using backend = await startBackend((socket) => socket.on('data', () => socket.end('ok')));
  await using tested = await startTestProxy(backend.address, { protocol: 'redis' });
  for (const request of ['\x01', '\x01', 'MONITOR\r\n']) {
    using client = await openClient(tested.port);
    await client.ask(request, 'ok');
  }
  const events = new ChaosEvents();
  const told: Tally[] = [];
  const tally = tallyFaults(events, 60_000, (tallies) => told.push(...tallies));
  for (const event of tested.events) events.emit(event);
  tally.end();
  const hits = new Hits();
  hits.add(told, 1000);
  hits.add(told, 2000);
  assert.deepEqual(hits.told(), {
    seconds: [],
    targets: [],
    notes: [
      'test: 0x1 begins no redis command; from here on the connection is treated as tcp (4 connections)',
      'test: after MONITOR redis does not answer one to one; from here on the connection is treated as tcp (2 connections)',
    ],
  });
});
