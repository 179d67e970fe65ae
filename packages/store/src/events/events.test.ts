import assert from 'node:assert/strict';
import type { RunEvent } from '@marteau/shared';
import { waitUntil } from '@marteau/testkit';
import { describeLedger } from '../fixtures/describe-ledger.ts';
import { ana, isClosed, prepare, submission, type Testbed } from '../fixtures/testbed.ts';
import type { Store, StoredEvent } from '../index.ts';

const line = (n: number, text = `line ${n}`): RunEvent => ({
  type: 'console',
  at: n,
  from: 'script',
  share: 0,
  text,
});
const textOf = ({ event }: StoredEvent): string => (event.type === 'console' ? event.text : event.type);
const lines = (events: StoredEvent[]) => events.filter(({ event }) => event.type === 'console').map(textOf);

const newRun = async (store: Store) => (await store.runs.submit(submission())).id;

async function cancelled(bed: Testbed, store: Store, id: string): Promise<void> {
  await store.runs.cancel(id, ana);
  await isClosed(bed, store, id);
}

function view(store: Store, id: string, afterId: string | null = null) {
  const end = new AbortController();
  const seen: StoredEvent[] = [];
  const done = (async () => {
    for await (const stored of store.events.tail(id, afterId, end.signal)) seen.push(stored);
  })();
  return { seen, done, end: () => end.abort() };
}

describeLedger('events', { kind: 'web', clientName: 'web' }, (test) => {
  test('a viewer gets what was, what comes, and the end', async ({ store }) => {
    const id = await newRun(store);
    await store.events.append(id, [line(1), line(2)]);
    const viewer = view(store, id);
    await waitUntil('what was', () => viewer.seen.length === 3);
    await store.events.append(id, [line(3)]);
    await waitUntil('what comes', () => viewer.seen.length === 4);
    const lease = await prepare(store, id);
    await store.runs.setPhase(lease, { name: 'cloning', progress: null, detail: '' });
    await store.runs.cancel(id, ana);
    await store.ledger.acknowledge(lease);
    await viewer.done;
    assert.deepEqual(lines(viewer.seen), ['line 1', 'line 2', 'line 3']);
    const states = viewer.seen.flatMap(({ event }) =>
      event.type === 'state' ? [event.phase?.name ?? event.state] : [],
    );
    assert.deepEqual(states, ['queued', 'preparing', 'cloning', 'cancelling', 'cancelled']);
    const last = viewer.seen.at(-1)!.event;
    assert.equal(last.type === 'state' && last.reason, 'Cancelled by ana@example.com.');
  });

  test('nothing is appended to an ended or unknown run', async ({ bed, store }) => {
    const id = await newRun(store);
    await store.events.append(id, [line(1)]);
    await cancelled(bed, store, id);
    await store.events.append(id, [line(2)]);
    await store.events.append('r0000000000000000xx', [line(3)]);
    const viewer = view(store, id);
    await viewer.done;
    assert.deepEqual(lines(viewer.seen), ['line 1']);
    assert.equal(await bed.raw.exists('marteau:1:events:r0000000000000000xx'), 0);
  });

  test('resuming after any event loses and doubles nothing, live, ended and from the folder', async ({
    bed,
    store,
  }) => {
    const id = await newRun(store);
    const count = 1200;
    for (let i = 0; i < count; i += 100)
      await store.events.append(
        id,
        Array.from({ length: 100 }, (_, j) => line(i + j)),
      );
    const first = view(store, id);
    await waitUntil('all of them', () => lines(first.seen).length === count);
    first.end();
    await first.done;
    const ids = first.seen.map((stored) => stored.id);
    assert.equal(new Set(ids).size, count + 1);
    const middle = ids[700]!;

    const resumed = view(store, id, middle);
    await waitUntil('the rest', () => resumed.seen.length === count + 1 - 701);
    resumed.end();
    await resumed.done;

    await cancelled(bed, store, id);
    for (const gone of [false, true]) {
      if (gone) await bed.raw.del(`marteau:1:events:${id}`);
      const all = view(store, id);
      await all.done;
      assert.deepEqual(
        lines(all.seen),
        Array.from({ length: count }, (_, i) => `line ${i}`),
      );
      assert.deepEqual(
        all.seen.slice(0, -1).map((stored) => stored.id),
        ids,
      );
      const rest = view(store, id, middle);
      await rest.done;
      assert.deepEqual(
        rest.seen.map((stored) => stored.id),
        all.seen.slice(701).map((stored) => stored.id),
      );
    }
    const odd = view(store, id, 'no id');
    await odd.done;
    assert.equal(lines(odd.seen).length, count);
  });

  test('the console of the folder is written, unless there is a better one', async ({ bed, store }) => {
    const id = await newRun(store);
    await store.events.append(id, [line(1, 'one\ntwo'), line(2, 'three')]);
    await cancelled(bed, store, id);
    assert.match(
      (await store.folders.of(id).text('console.log')) ?? '',
      /^[\d:.]+ \w+ +\| one\n[\d:.]+ \w+ +\| two\n[\d:.]+ \w+ +\| three\n$/,
    );
    const other = await newRun(store);
    await store.events.append(other, [line(1)]);
    await store.folders.of(other).put('console.log', 'the whole console\n');
    await cancelled(bed, store, other);
    assert.equal(await store.folders.of(other).text('console.log'), 'the whole console\n');
  });

  test('500 viewers, one reader: all get all, and slow ones catch up', async ({ bed, store }) => {
    const id = await newRun(store);
    const quick = Array.from({ length: 480 }, () => view(store, id));
    const end = new AbortController();
    let let_go = (): void => {};
    const gate = new Promise<void>((resolve) => {
      let_go = resolve;
    });
    const slow = Array.from({ length: 20 }, () => {
      const seen: StoredEvent[] = [];
      const done = (async () => {
        for await (const stored of store.events.tail(id, null, end.signal)) {
          seen.push(stored);
          if (seen.length === 5) await gate;
        }
      })();
      return { seen, done };
    });
    const count = 2000;
    for (let i = 0; i < count; i += 20)
      await store.events.append(
        id,
        Array.from({ length: 20 }, (_, j) => line(i + j)),
      );
    await waitUntil('the quick ones', () => quick.every(({ seen }) => lines(seen).length === count));
    const clients = String(await bed.raw.client('LIST'));
    assert.equal(clients.match(/name=marteau-web-events /g)?.length, 1);
    let_go();
    await cancelled(bed, store, id);
    await Promise.all([...quick, ...slow].map(({ done }) => done));
    const expected = Array.from({ length: count }, (_, i) => `line ${i}`);
    for (const { seen } of [...quick.slice(0, 3), ...slow]) assert.deepEqual(lines(seen), expected);
    assert.equal(quick[0]!.seen.at(-1)!.event, quick[1]!.seen.at(-1)!.event, 'parsed once for all');
  });

  test('viewers outlive a Redis that is killed', async ({ bed, store }) => {
    const id = await newRun(store);
    const viewer = view(store, id);
    await store.events.append(id, [line(1)]);
    await waitUntil('the first', () => lines(viewer.seen).length === 1);
    await bed.redis.kill();
    await bed.redis.restart();
    await waitUntil('Redis', () => store.ping().then(() => true));
    await store.events.append(id, [line(2)]);
    await waitUntil('the second', () => lines(viewer.seen).length === 2);
    viewer.end();
    await viewer.done;
    assert.deepEqual(lines(viewer.seen), ['line 1', 'line 2']);
  });

  test('a stream keeps its newest events only, by number and by bytes', async ({ bed, store }) => {
    const id = await newRun(store);
    const big = 'x'.repeat(10_000);
    for (let i = 0; i < 20; i++)
      await store.events.append(
        id,
        Array.from({ length: 100 }, (_, j) => line(100 * i + j, `${100 * i + j} ${big}`)),
      );
    const kept = await bed.raw.xlen(`marteau:1:events:${id}`);
    assert.ok(kept < 1000, `${kept} of 2000 are kept`);
    const [newest] = await bed.raw.xrevrange(`marteau:1:events:${id}`, '+', '-', 'COUNT', 1);
    assert.match(newest![1][1]!, /"1999 x/);
  });

  test('an unknown run has no events, and an aborted signal ends at once', async ({ store }) => {
    await view(store, 'r0000000000000000xx').done;
    const id = await newRun(store);
    const viewer = view(store, id);
    viewer.end();
    await viewer.done;
  });
});
