import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { consoleEvent, finishedRun, joinNode, submitRun, tickEvent } from '../../fixtures/drive-run.ts';
import { openTestbed } from '../../fixtures/testbed.ts';

interface Seen {
  id: string;
  type: string;
  data: Record<string, unknown>;
}

/** Reads server-sent events as a browser does, until the stream ends or enough were seen. */
async function readEvents(
  answer: Response,
  seen: Seen[],
  isEnough: () => boolean = () => false,
): Promise<void> {
  assert.match(answer.headers.get('content-type') ?? '', /^text\/event-stream/);
  let text = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const fields = Object.fromEntries(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      text = text.slice(end + 2);
      if (fields.event)
        seen.push({ id: fields.id ?? '', type: fields.event, data: JSON.parse(fields.data ?? '{}') });
    }
    if (isEnough()) return;
  }
}

const lines = (seen: Seen[]) => seen.filter(({ type }) => type === 'console').map(({ data }) => data.text);

test('a live run: what was, what comes, and the end; ticks without their histograms', async () => {
  await using bed = await openTestbed();
  const node = await joinNode(bed.store, 'n1');
  const run = await submitRun(bed.store);
  await run.enterLine();
  await run.start(node);
  await run.say(consoleEvent('before'), tickEvent(1, { histogram: 'SECRET' }));
  const seen: Seen[] = [];
  const reading = readEvents(await bed.get(`/api/v1/runs/${run.id}/events`), seen);
  await waitUntil('the past', () => lines(seen).includes('before'));
  await run.say(consoleEvent('after'));
  await waitUntil('the present', () => lines(seen).includes('after'));
  await run.finish();
  await reading;
  assert.deepEqual(lines(seen), ['before', 'after']);
  const tick = seen.find(({ type }) => type === 'tick')!;
  assert.equal(tick.data.second, 1);
  assert.ok(!('histogram' in tick.data));
  const states = seen.filter(({ type }) => type === 'state').map(({ data }) => data.state);
  assert.equal(states.at(-1), 'finished');
  assert.equal(seen.at(-1)?.type, 'end');
  assert.deepEqual(
    seen.slice(0, -1).map(({ id }) => id),
    [...new Set(seen.slice(0, -1).map(({ id }) => id))],
  );
});

test('Last-Event-ID goes on where it stopped, as a header and in the address', async () => {
  await using bed = await openTestbed();
  const { id } = await finishedRun(bed.store, {
    events: ['a', 'b', 'c', 'd'].map((text) => consoleEvent(text)),
  });
  const all: Seen[] = [];
  await readEvents(await bed.get(`/api/v1/runs/${id}/events`), all);
  const b = all.find(({ data }) => data.text === 'b')!;
  for (const [path, headers] of [
    ['', { 'last-event-id': b.id }],
    [`?from=${b.id}`, {}],
  ] as const) {
    const rest: Seen[] = [];
    await readEvents(await bed.get(`/api/v1/runs/${id}/events${path}`, { headers }), rest);
    assert.deepEqual(lines(rest), ['c', 'd']);
  }
  const wrong = await bed.get(`/api/v1/runs/${id}/events`, { headers: { 'last-event-id': '<script>' } });
  assert.equal(wrong.status, 400);
});

test('shares are merged into one tick a second', async () => {
  await using bed = await openTestbed();
  const { id } = await finishedRun(bed.store, {
    events: [1, 2].flatMap((second) =>
      [0, 1, 2].map((share) => tickEvent(second, { share, of: 3, requests: 10 })),
    ),
  });
  const seen: Seen[] = [];
  await readEvents(await bed.get(`/api/v1/runs/${id}/events`), seen);
  const ticks = seen.filter(({ type }) => type === 'tick').map(({ data }) => [data.second, data.requests]);
  assert.deepEqual(ticks, [
    [1, 30],
    [2, 30],
  ]);
});

test('a viewer who does not read holds nobody up, and the server closes in time', async () => {
  await using bed = await openTestbed();
  const run = await submitRun(bed.store);
  await run.prepare();
  const sleeper = await bed.get(`/api/v1/runs/${run.id}/events`);
  const seen: Seen[] = [];
  const stop = new AbortController();
  const reading = readEvents(await bed.get(`/api/v1/runs/${run.id}/events`, { signal: stop.signal }), seen);
  const line = 'x'.repeat(60_000);
  for (let i = 0; i < 60; i++) await run.say(consoleEvent(`${i} ${line}`));
  await waitUntil('the reader to have all', () => lines(seen).length === 60);
  stop.abort();
  await reading.catch(() => {});
  await sleeper.body?.cancel();
});

test('an unknown run has no events', async () => {
  await using bed = await openTestbed();
  const answer = await bed.get('/api/v1/runs/r1m7y5bf0pk6886xj6a/events');
  assert.equal(answer.status, 404);
  assert.equal(((await answer.json()) as { code: string }).code, 'not-found');
});
