import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startChaos } from '@marteau/chaos';
import {
  createTempFolder,
  startApp,
  startRedis,
  startS3Server,
  startTargetServer,
  type TestS3,
  waitUntil,
} from '@marteau/testkit';
import { openHouse } from './house/house.ts';
import { plainProject } from './house/projects.ts';

test('with a bucket, a run over two nodes needs no shared folder, and its report is served as ever', async () => {
  await using s3 = await startS3Server();
  await using target = await startTargetServer();
  const MARTEAU_FOLDERS = `s3://${s3.bucket}/marteau?endpoint=${s3.endpoint}`;
  await using house = await openHouse({ env: { ...s3.env, MARTEAU_FOLDERS }, workers: 2 });
  const repo = await house.git.createRepo('plain', plainProject(target.url, 'nodes: 2\n'));
  const id = await house.submit(repo.url);
  const run = await house.ends(id);
  assert.equal(run.state, 'finished', run.reason ?? '');
  assert.equal(run.nodes, 2);
  assert.equal(JSON.parse(await house.file(id, 'run.json')).id, id);
  for (const folder of ['runs', 'trees']) await assert.rejects(access(join(house.data, folder)));

  const report = await fetch(`${house.url}/runs/${id}/report`);
  assert.equal(report.status, 200);
  assert.match(report.headers.get('content-security-policy')!, /^sandbox allow-scripts .*default-src 'none'/);
  const html = await report.text();
  assert.equal(Buffer.byteLength(html), Number(report.headers.get('content-length')));
  assert.match(html, /<\/html>\s*$/);
  await house.assertNothingLeft();

  await s3[Symbol.asyncDispose]();
  const later = await fetch(`${house.url}/runs/${id}/results.json`);
  assert.equal(later.status, 503);
  assert.match(await later.text(), /The bucket .*load-tests.* cannot be reached/);
});

/** A way to the bucket that can be closed and opened. */
async function openWay(to: string) {
  const chaos = await startChaos({
    proxies: [{ name: 's3', listen: '127.0.0.1:0', upstream: new URL(to).host }],
    control: null,
    statsd: null,
    ignored: [],
  });
  const [way] = chaos.proxies.all;
  return {
    endpoint: `http://${way!.listen}`,
    isOpen: (yes: boolean) => way!.setEnabled(yes),
    [Symbol.asyncDispose]: () => chaos[Symbol.asyncDispose](),
  };
}

async function houseBehind(way: { endpoint: string }, s3: TestS3, more: Record<string, string> = {}) {
  const MARTEAU_FOLDERS = `s3://${s3.bucket}/marteau?endpoint=${way.endpoint}`;
  return openHouse({ env: { ...s3.env, MARTEAU_FOLDERS, ...more } });
}

test('while the bucket is away the load goes on, and what it measured waits for it', async () => {
  await using s3 = await startS3Server();
  await using way = await openWay(s3.endpoint);
  await using target = await startTargetServer();
  await using house = await houseBehind(way, s3);
  const repo = await house.git.createRepo('plain', plainProject(target.url));
  const id = await house.submit(repo.url);
  const phase = async () => (await house.run(id)).phase?.name;
  await waitUntil('the load', async () => (await phase()) === 'measuring', { deadlineMs: 60_000 });
  await way.isOpen(false);
  await waitUntil('it to wait', async () => (await phase()) === 'waiting for the bucket', {
    deadlineMs: 60_000,
  });
  await way.isOpen(true);
  const run = await house.ends(id);
  assert.equal(run.verdict, 'pass', run.reason ?? '');
  assert.match(await house.file(id, 'report.html'), /<\/html>\s*$/);
  assert.match(await house.file(id, 'console.log'), /cannot be reached: .* What was measured waits for it/);
});

test('a run that cannot be stored for too long ends with the reason, and nothing of it is lost', async () => {
  await using s3 = await startS3Server();
  await using way = await openWay(s3.endpoint);
  await using target = await startTargetServer();
  await using house = await houseBehind(way, s3, { MARTEAU_STORE_TIMEOUT: '2' });
  const repo = await house.git.createRepo('plain', plainProject(target.url));
  const id = await house.submit(repo.url);
  const underLoad = async () => (await house.run(id)).phase?.name === 'measuring';
  await waitUntil('the load', underLoad, { deadlineMs: 60_000 });
  await way.isOpen(false);
  const run = await house.ends(id);
  assert.deepEqual([run.state, run.reasonCode], ['error', 'not-stored'], run.reason ?? '');
  assert.match(run.reason!, /The bucket "load-tests" cannot be reached.* It is kept on the node node-1, in /);
  const kept = join(house.data, 'unstored', id, 'work', 'share-1-0.json');
  assert.ok(JSON.parse(await readFile(kept, 'utf8')).measurements.labels.length > 0);
  await way.isOpen(true);
  assert.equal(JSON.parse(await house.file(id, 'run.json')).reasonCode, 'not-stored');
  await house.assertNothingLeft();
});

for (const script of ['apps/web/src/server.ts', 'apps/worker/src/main.ts'])
  test(`${script} does not start on a bucket that is not there`, async () => {
    await using s3 = await startS3Server();
    await using redis = await startRedis();
    await using data = await createTempFolder();
    const env = {
      ...s3.env,
      REDIS_URL: redis.url,
      MARTEAU_DATA: data.path,
      MARTEAU_FOLDERS: `s3://gone?endpoint=${s3.endpoint}`,
      PORT: '0',
    };
    await assert.rejects(startApp(script, { env }), /There is no bucket "gone"/);
  });
