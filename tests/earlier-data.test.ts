import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { readResults } from '@marteau/report/schema';
import { createTempFolder, startSmtpServer, waitUntil } from '@marteau/testkit';
import { type ApiRun, openHouse } from './house/house.ts';

/** Data folder and append-only file of a Marteau 0.1.0 that was stopped with runs in its line and mails unsent. */
const archive = join(import.meta.dirname, 'formats/data-0.1.0.tgz');

test('what 0.1.0 left is carried on: ended runs, waiting ones, mails, a baseline; its projects get records', async () => {
  await using folder = await createTempFolder();
  await promisify(execFile)('tar', ['xzf', archive, '-C', folder.path]);
  const ids = JSON.parse(await readFile(join(folder.path, 'ids.json'), 'utf8'));
  await using smtp = await startSmtpServer();
  await using house = await openHouse({
    folder: folder.path,
    redisFrom: join(folder.path, 'redis'),
    env: {
      SMTP_URL: smtp.url,
      MARTEAU_MAIL_DOMAINS: 'example.com',
      MARTEAU_URL: 'http://marteau.example.com',
      // That it waited for years for a node is no reason to give a run up here.
      MARTEAU_NODES_TIMEOUT: '1000000000',
    },
  });

  const { runs } = await house.api<{ runs: ApiRun[] }>('GET', '/runs?limit=50');
  assert.deepEqual(runs.map(({ id }) => id).toSorted(), Object.values(ids).toSorted());

  const { projects } = await house.api<{ projects: { id: string }[] }>('GET', '/projects');
  assert.ok(projects.length > 0);
  for (const { id } of projects)
    await waitUntil('its record', () =>
      readFile(join(folder.path, 'data/projects', `${id}.json`)).catch(() => null),
    );

  const good = await house.run(ids.good);
  assert.deepEqual([good.verdict, good.kind, good.trigger], ['pass', 'normal', 'api']);
  assert.equal((await house.run(ids.once)).kind, 'once');
  assert.equal((await house.run(ids.wrong)).state, 'error');
  const report = await fetch(`${house.url}/runs/${ids.good}/report`);
  assert.match(await report.text(), /<title>[^<]*Hello/);

  const waited = await house.ends(ids.waiting);
  assert.equal(waited.verdict, 'pass', waited.reason ?? '');
  const { comparison } = readResults(await house.file(ids.waiting, 'results.json'));
  assert.deepEqual(
    comparison?.baselines.map(({ id }) => id),
    [ids.good],
    'the pinned run is its baseline',
  );
  const faults = await house.ends(ids.faults);
  assert.match(faults.reason ?? '', /^Nothing went through proxy store/);
  // Its repository is gone, so that it ends, and nobody waits for ever.
  assert.equal((await house.ends(ids.queued)).state, 'error');

  const told = ['good', 'strict', 'wrong', 'waiting', 'faults', 'queued'].flatMap((name) => {
    const addresses = { wrong: ['ana'], queued: ['ben'] }[name] ?? ['ana', 'team'];
    return addresses.map((to) => `${ids[name]} ${to}@example.com`);
  });
  const sent = () =>
    smtp.mails.map(
      ({ to, parsed }) => `${/^<(\w+)\.[0-9a-f]{16}@marteau>$/.exec(parsed.messageId!)?.[1]} ${to}`,
    );
  await waitUntil('all mails', () => sent().length >= told.length);
  assert.deepEqual(sent().toSorted(), told.toSorted());
  await waitUntil('the record to say so', async () => {
    const record = JSON.parse(await house.file(ids.good, 'run.json'));
    return record.v === 2 && record.deliveries.every(({ state }: { state: string }) => state === 'sent');
  });
});
