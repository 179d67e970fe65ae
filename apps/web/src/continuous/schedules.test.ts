import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startGitServer } from '@marteau/testkit';
import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { openTestbed } from '../fixtures/testbed.ts';
import type { Continuous } from './context.ts';
import { createLookForSchedules, keepSchedules } from './keep-schedules.ts';
import { runSchedules } from './run-schedules.ts';

const file = (schedule: string) => `
script: a.test.ts
load: [{users: 1, for: 1s}]
when: {schedule: ${schedule}}
profiles: {soak: {load: [{users: 2, for: 1s}]}}
`;
const MINUTE = 60_000;

/** A server whose clock stands still, and a repository with these times. */
async function open(schedule: string, at: string) {
  const stack = new AsyncDisposableStack();
  const git = stack.use(await startGitServer());
  const bed = stack.use(await openTestbed());
  const repo = await git.createRepo('team/shop', { '.marteau.yml': file(schedule), 'a.test.ts': '' });
  const { id } = await bed.store.projects.make(repo.url.replace(/\.git$/, ''));
  await bed.store.hooks.connect(
    { id, repo: repo.url.replace(/\.git$/, '') },
    { kind: 'generic', api: git.url },
  );
  const clock = { ms: Date.parse(at) };
  const context: Continuous = {
    config: readConfig({ MARTEAU_ALLOW_PRIVATE: '1', MARTEAU_DATA: bed.dataFolder }, bed.dataFolder),
    store: bed.store,
    log: pino({ level: 'silent' }),
    url: bed.url,
    closing: new AbortController().signal,
    now: () => clock.ms,
  };
  const tick = async (minutes: number) => {
    clock.ms += minutes * MINUTE;
    await runSchedules(context);
    return (await bed.store.runs.list({ limit: 100 })).runs;
  };
  await createLookForSchedules(context)();
  return { bed, id, repo, context, tick, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test('a run of the newest commit starts at its time, once, however many look', async () => {
  await using all = await open(
    '[{cron: "30 2 * * *", zone: Europe/Berlin, profile: soak}]',
    '2027-03-10T00:00Z',
  );
  assert.equal((await all.tick(80)).length, 0);
  const newer = await all.repo.commit({ b: '1' });
  await Promise.all([all.tick(10), runSchedules(all.context), runSchedules(all.context)]);
  const [run, ...others] = await all.tick(0);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [run?.ref, run?.profile, run?.trigger, run?.cause?.kind],
    [newer, 'soak', 'schedule', 'schedule'],
  );
  await all.bed.store.runs.cancel(run!.id, { kind: 'anonymous', id: '' });
  assert.equal((await all.tick(24 * 60)).length, 2);
});

test('one that has not ended keeps the next one away, which the page says', async () => {
  await using all = await open('[{cron: "*/30 * * * *"}]', '2027-03-10T00:10Z');
  assert.equal((await all.tick(20)).length, 1);
  assert.equal((await all.tick(30)).length, 1);
  const [said] = await all.bed.store.arrivals.list(all.id);
  assert.match(said?.why ?? '', /^The run before, r\w+, has not ended\.$/);
});

for (const [catchUp, downMinutes, started] of [
  ['last', 3 * 24 * 60, 1],
  ['last', 3 * 24 * 60 + 7 * 60, 0],
  ['none', 3 * 24 * 60, 0],
] as const) {
  test(`after ${downMinutes} minutes without a server, catchUp: ${catchUp} starts ${started}`, async () => {
    await using all = await open(`[{cron: "0 2 * * *", catchUp: ${catchUp}}]`, '2027-03-10T04:00Z');
    assert.equal((await all.tick(downMinutes)).length, started);
    assert.equal((await all.tick(0)).length, started, 'and none after it');
    if (started === 0) assert.match((await all.bed.store.arrivals.list(all.id))[0]?.why ?? '', /was down/);
  });
}

test('onlyIfChanged; a file that says otherwise by now; one that is gone', async () => {
  await using all = await open('[{cron: "0 * * * *", onlyIfChanged: true}]', '2027-03-10T00:30Z');
  const end = async () => {
    for (const { id, state } of (await all.bed.store.runs.list({ limit: 9 })).runs)
      if (state === 'queued') await all.bed.store.runs.cancel(id, { kind: 'anonymous', id: '' });
  };
  assert.equal((await all.tick(30)).length, 1);
  await end();
  assert.equal((await all.tick(60)).length, 1, 'nothing changed');
  await all.repo.commit({ b: '1' });
  assert.equal((await all.tick(60)).length, 2);
  await end();
  await all.repo.commit({ '.marteau.yml': file('[{cron: "15 * * * *"}]') });
  assert.equal((await all.tick(60)).length, 2);
  assert.equal((await all.tick(15)).length, 3);
  await keepSchedules(all.context, all.id, { commit: 'c', file: null });
  assert.equal((await all.tick(600)).length, 3);
});

test('a run for later waits for its moment, and may be cancelled before it', async () => {
  await using bed = await openTestbed();
  const submit = (at: string) =>
    bed.call('POST', '/api/v1/runs', { repo: 'https://127.0.0.1/team/shop', at });
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  const made = (await (await submit(soon)).json()) as { id: string };
  await bed.store.reconcile();
  const got = (await (await bed.call('GET', `/api/v1/runs/${made.id}`)).json()) as {
    state: string;
    queue: { waitingFor: string };
  };
  assert.equal(got.state, 'queued');
  assert.match(got.queue.waitingFor, /^begins at \d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
  assert.equal((await bed.call('POST', `/api/v1/runs/${made.id}/cancel`)).status, 200);
  for (const at of ['tomorrow', '2026-12-01', '2020-01-01T00:00Z', '2099-01-01T00:00Z', '2026-12-01T02:30'])
    assert.equal((await submit(at)).status, 400, at);
});

test('in quiet hours a run begins when they are over, or is left out', async () => {
  await using all = await open('[{cron: "0 9 * * *"}]', '2027-03-10T08:00Z');
  const quiet = async (text: string) =>
    (await all.bed.call('POST', `/api/v1/projects/${all.id}/hook/quiet`, { quiet: text })).status;
  assert.equal(await quiet('every night'), 400);
  assert.equal(await quiet('08:30-10:00'), 204);
  const [run] = await all.tick(61);
  assert.equal(run?.state, 'queued');
  const place = (await all.bed.store.ledger.places([run!.id])).get(run!.id);
  assert.match(place?.waitingFor ?? '', /10:00/);
  await all.bed.store.runs.cancel(run!.id, { kind: 'anonymous', id: '' });
  assert.equal(await quiet('08:30-10:00 skip'), 204);
  assert.equal((await all.tick(1440)).length, 1);
  const [told] = await all.bed.store.arrivals.list(all.id);
  assert.match(told?.why ?? '', /It is quiet until 2027-03-11T10:00Z/);
});
