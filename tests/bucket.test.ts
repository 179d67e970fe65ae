import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder, startApp, startRedis, startS3Server, startTargetServer } from '@marteau/testkit';
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
