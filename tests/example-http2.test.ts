import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readResults } from '@marteau/report/schema';
import { freePort, startApp } from '@marteau/testkit';
import { openHouse } from './house/house.ts';

const example = join(import.meta.dirname, '../examples/http2');

test('two nodes load examples/http2 over HTTP/2, and the report says so', async () => {
  const port = await freePort();
  await using _server = await startApp('examples/http2/server.ts', {
    env: { PORT: String(port) },
    ready: /open on/,
  });
  await using house = await openHouse({ workers: 2 });
  const { url } = await house.git.createRepo('map', {
    '.marteau.yml': `name: Map
script: map.test.ts
target: http://127.0.0.1:${port}
http: h2c
nodes: 2
labels: ["GET /tile/:tile"]
load: [{users: 3, iterations: 12, for: 20s}]
thresholds: [errors < 1%]
`,
    'map.test.ts': await readFile(join(example, 'loadtest/map.test.ts'), 'utf8'),
  });
  const id = await house.submit(url);
  const ended = await house.ends(id, 120_000);
  assert.equal(ended.verdict, 'pass', ended.reason ?? '');
  const results = readResults(await house.file(id, 'results.json'));
  // A connection for each user, whichever node has it, and a stream for each request.
  assert.deepEqual(results.connections, { http1: 0, http2: 3, streams: 12 * 13 });
  const requests = results.labels.filter(({ kind }) => kind === 'request');
  assert.deepEqual(requests.map(({ name, steps }) => [name, steps[0]!.count, steps[0]!.http2]).toSorted(), [
    ['GET /', 12, 12],
    ['GET /tile/:tile', 144, 144],
  ]);
  const report = await house.file(id, 'report.html');
  assert.match(report, /HTTP\/2: 3 connections, 156 streams/);
  assert.match(report, /title="version of HTTP by which the requests went/);
  await house.assertNothingLeft();
});
