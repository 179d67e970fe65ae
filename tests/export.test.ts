import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { startTargetServer, waitUntil } from '@marteau/testkit';
import { openHouse } from './house/house.ts';
import { plainProject } from './house/projects.ts';

test('a run’s figures arrive while it runs, and a receiver that hangs disturbs nothing', async () => {
  await using target = await startTargetServer();
  const received: { token: string | undefined; body: Buffer }[] = [];
  const traces: { resourceSpans: [{ scopeSpans: [{ spans: { traceId: string; name: string }[] }] }] }[] = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    if (request.url === '/hangs') return;
    if (request.url === '/v1/traces') traces.push(JSON.parse(body.toString()));
    else received.push({ token: request.headers.authorization, body });
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await using house = await openHouse({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: url } });
  try {
    const { url: repo } = await house.git.createRepo(
      'exporting',
      plainProject(
        target.url,
        `env: {TOKEN: sesame}\nexport: {otlp: {url: '${url}', headers: {Authorization: 'Bearer \${TOKEN}'}}, prometheus: '${url}/hangs'}\n`,
      ),
    );
    const run = await house.ends(await house.submit(repo));
    assert.equal(run.verdict, 'pass', run.reason ?? '');
    const { notes } = JSON.parse(await house.file(run.id, 'results.json'));
    assert.equal(notes.length, 1);
    assert.match(notes[0], /exports to 127\.0\.0\.1:\d+ did not arrive; .* did not answer in time/);
    const { token, body } = received.at(-1)!;
    assert.equal(token, 'Bearer sesame');
    const told = JSON.parse(body.toString());
    assert.match(
      JSON.stringify(told.resourceMetrics[0].resource),
      new RegExp(`${run.id}.*exporting.*node-1`),
    );
    const [duration] = told.resourceMetrics[0].scopeMetrics[0].metrics;
    const labels = duration.exponentialHistogram.dataPoints.map(
      ({ attributes }: { attributes: { value: { stringValue: string } }[] }) =>
        attributes[0]!.value.stringValue,
    );
    assert.ok(labels.includes('GET /hello'), labels.join());
    const spans = () =>
      traces.flatMap(
        ({
          resourceSpans: [
            {
              scopeSpans: [scope],
            },
          ],
        }) => scope.spans,
      );
    await waitUntil('the trace of the run', () => spans().some(({ name }) => name === 'run'));
    assert.equal(new Set(spans().map(({ traceId }) => traceId)).size, 1);
    for (const name of ['prepare', 'share', 'finalize', 'queued', 'waiting', 'running'])
      assert.ok(
        spans().some((span) => span.name === name),
        name,
      );
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
