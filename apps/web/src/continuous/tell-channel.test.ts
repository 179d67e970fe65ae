import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { finishedRun } from '../fixtures/drive-run.ts';
import { openTestbed } from '../fixtures/testbed.ts';
import type { Continuous } from './context.ts';
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
