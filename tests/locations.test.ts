import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readResults } from '@marteau/report/schema';
import { startTargetServer } from '@marteau/testkit';
import { openHouse } from './house/house.ts';
import { plainProject } from './house/projects.ts';

const LOCATIONS = `nodes: [{name: eu, count: 2, labels: {region: eu}}, {name: us, labels: {region: us, contained: yes}}]
thresholds: ['p95 of location "eu" < 60s', 'p95 of location "us" < 1us']
`;

test('one run over two locations: live, report and thresholds know each', async () => {
  await using house = await openHouse({ workers: 0, env: { MARTEAU_PREFLIGHT: '0' } });
  await using target = await startTargetServer();
  // Whatever this machine can, the node of the run says that it contains scripts.
  await Promise.all([
    house.startWorker('eu-1', { MARTEAU_LABELS: 'region=eu' }),
    house.startWorker('eu-2', { MARTEAU_LABELS: 'region=eu' }),
    house.startWorker('us-1', { MARTEAU_LABELS: 'region=us,contained=yes' }),
  ]);
  const { url: repo } = await house.git.createRepo('locations', plainProject(target.url, LOCATIONS));
  const id = await house.submit(repo, { overrides: { cycles: '6' } });
  const events = await fetch(`${house.url}/api/v1/runs/${id}/events`);
  const run = await house.ends(id, 120_000);
  assert.equal(run.verdict, 'fail', run.reason ?? '');
  assert.match(run.reason ?? '', /^p95 of location "us" .* \(wanted < 1 µs\)/);
  assert.match(await events.text(), /"locations":\[\{"name":"eu","requests":\d+.*\{"name":"us"/);

  const results = readResults(await house.file(id, 'results.json'));
  assert.deepEqual(
    results.locations?.map(({ name, labels, nodes }) => [name, labels, nodes.toSorted()]),
    [
      ['eu', { region: 'eu' }, ['eu-1', 'eu-2']],
      ['us', { region: 'us', contained: 'yes' }, ['us-1']],
    ],
  );
  const counts = results.locations!.map(({ steps }) => steps[0]!.requests.count);
  assert.ok(counts.every((count) => count > 0));
  assert.equal(counts[0]! + counts[1]!, results.steps[0]!.requests.count, 'together they are all there is');
  const report = await house.file(id, 'report.html');
  assert.match(report, /<h2>Locations<\/h2>/);
  assert.match(report, /p95 of location &quot;eu&quot;/);
});
