import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { finishedRun } from '../fixtures/drive-run.ts';
import { openTestbed } from '../fixtures/testbed.ts';
import type { Continuous } from './context.ts';
import { digestRound, isHeld } from './floods.ts';
import { tellChannel } from './tell-channel.ts';

test('a channel of the secrets file is told of changes, once each, and never by an older run', async () => {
  await using bed = await openTestbed();
  const seen: string[] = [];
  let status = 200;
  const server = createServer(async (request, response) => {
    seen.push(JSON.parse(await text(request)).text);
    response.writeHead(status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret`;
  const secrets = join(bed.dataFolder, 'secrets.yml');
  await writeFile(
    secrets,
    `channels: {perf: {url: "${address}", kind: slack}, odd: {url: "${address}", kind: fax}}`,
    {
      mode: 0o600,
    },
  );
  const env = { MARTEAU_ALLOW_PRIVATE: '1', MARTEAU_DATA: bed.dataFolder, MARTEAU_SECRETS: secrets };
  const context: Continuous = {
    config: readConfig(env, bed.dataFolder),
    store: bed.store,
    log: pino({ level: 'silent' }),
    url: bed.url,
    closing: new AbortController().signal,
    now: Date.now,
  };
  const passed = await finishedRun(bed.store);
  const failed = await finishedRun(bed.store, {
    outcome: { verdict: 'fail', reason: 'too slow <!channel>' },
  });
  const again = await finishedRun(bed.store, { outcome: { verdict: 'fail', reason: 'too slow' } });
  const tell = async (run: typeof passed, to = 'perf:change') =>
    (await tellChannel(context, run, { to, isAsked: false })).detail;
  assert.equal(await tell(passed), 'not told: the first one passed');
  status = 500;
  assert.equal((await tellChannel(context, failed, { to: 'perf:change', isAsked: false })).outcome, 'later');
  status = 200;
  assert.match(await tell(failed), /took it$/);
  assert.equal(await tell(again), 'not told: still fail');
  assert.equal(await tell(passed), 'not told: a newer run was told');
  assert.equal(seen.length, 2);
  const asked = await tellChannel(context, passed, { to: 'perf:change', isAsked: true });
  assert.match(asked.detail, /took it$/, 'whoever asks for it gets it');
  assert.equal(seen.length, 3);
  assert.match(seen[1]!, /^✗ fail · Marketplace/);
  assert.equal(
    (await tellChannel(context, failed, { to: 'none:always', isAsked: false })).outcome,
    'refused',
  );
  assert.match(await tell(failed, 'odd:always'), /no kind of channel fax/);
  server.close();
  server.closeAllConnections();
});

test('a channel is tested by a button, and after twenty within an hour is told of the others together', async () => {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    seen.push(await text(request));
    response.end();
  });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await using folder = await createTempFolder();
  const secrets = join(folder.path, 'secrets.yml');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret`;
  await writeFile(secrets, `channels: {perf: {url: "${url}", kind: slack}}`, { mode: 0o600 });
  await using bed = await openTestbed({ MARTEAU_SECRETS: secrets });
  const project = 'https://git.example.com/team/shop';
  const { id } = await bed.store.projects.make(project);
  const page = await (await bed.submitForm(`/projects/${id}/hook/channel`, { channel: 'perf' })).text();
  assert.match(page, /perf: sent, 127\.0\.0\.1:\d+ took it\./);
  assert.match(seen[0] ?? '', /test of the channel perf/);
  const unknown = await bed.call('POST', `/api/v1/projects/${id}/channels/none/test`);
  assert.equal(unknown.status, 404);

  const clock = { ms: Date.parse('2026-11-30T00:00:00Z') };
  const env = { MARTEAU_ALLOW_PRIVATE: '1', MARTEAU_DATA: bed.dataFolder, MARTEAU_SECRETS: secrets };
  const context: Continuous = {
    config: readConfig(env, bed.dataFolder),
    store: bed.store,
    log: pino({ level: 'silent' }),
    url: bed.url,
    closing: new AbortController().signal,
    now: () => clock.ms,
  };
  const address = { url, kind: 'slack' } as const;
  const held: boolean[] = [];
  for (let n = 1; n <= 45; n++)
    held.push(await isHeld(context, { channel: { project, name: 'perf' }, address, title: `run ${n}` }));
  assert.equal(held.filter(Boolean).length, 25);
  await digestRound(context);
  assert.equal(seen.length, 1, 'the hour is not over');
  clock.ms += 3_600_001;
  await digestRound(context);
  await digestRound(context);
  assert.equal(seen.length, 2);
  assert.match(seen[1]!, /25 more within an hour/);
  assert.match(seen[1]!, /run 21.*run 40.*and 5 more/s);
});
