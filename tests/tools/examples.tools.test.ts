// What the examples of other people's tools do besides: what is reported is what the shop saw.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { missingTool } from './missing-tool.ts';
import { runProject } from './run-project.ts';
import { startShop } from './shop.ts';

const example = (name: string): string => join(import.meta.dirname, '../../examples', name);

type Merged = Awaited<ReturnType<typeof runProject>>['merged'];

function counted({ labels }: Merged, kind: 'request' | 'test' | 'step'): number {
  const steps = labels.filter((label) => label.kind === kind).flatMap((label) => label.steps);
  return steps.reduce((sum, { count }) => sum + count, 0);
}

/** What was in flight when each of three nodes ended is at most its users. */
function assertSame(merged: Merged, seen: number, inFlight: number): void {
  const told = counted(merged, 'request');
  assert.ok(told > 0 && told <= seen && seen - told <= inFlight, `told ${told}, seen ${seen}`);
}

/** All is recorded, and so all that the shop saw is in the figures. */
const noRamp = { ramp: '0s' };

describe('over three nodes', () => {
  test('a k6 project with scenarios and thresholds', { skip: missingTool('k6') }, async () => {
    await using shop = await startShop();
    const { merged, shares } = await runProject({ project: example('k6'), target: shop.url, nodes: 3 });
    assertSame(merged, shop.total(), 15);
    assert.match(merged.source!.title, /^k6 \d/);
    assert.equal(merged.source!.precision, 'raw');
    const names = merged.labels.filter(({ kind }) => kind === 'request').map(({ name }) => name);
    assert.deepEqual(names.sort(), ['GET /', 'GET /products/:id', 'GET /search']);
    const searches = merged.labels.find(({ kind, name }) => kind === 'test' && name === 'search')!;
    // 9/s for 6 s, divided by k6 itself: none is lost and none is twice.
    assert.ok(Math.abs(searches.steps[0]!.count - 54) <= 3, `${searches.steps[0]!.count}`);
    assert.ok(shares.every(({ labels }) => labels.length > 0));
    assert.deepEqual(
      merged.metrics.map(({ kind, name }) => [kind, name]),
      [['check', 'the shop is open']],
    );
  });

  test('the k6 project with a load of the file', { skip: missingTool('k6') }, async () => {
    await using shop = await startShop();
    const overrides = { load: [{ users: 3, iterations: 30, for: '20s' }] };
    const { merged } = await runProject({ project: example('k6'), target: shop.url, nodes: 3, overrides });
    assert.equal(counted(merged, 'test'), 30);
    assert.equal(counted(merged, 'request'), shop.total());
  });

  test('a Locust project with a shape, on one node', { skip: missingTool('locust') }, async () => {
    await using shop = await startShop();
    const text = 'script: shape.py\ntarget: http://127.0.0.1:1\n';
    const { merged } = await runProject({ project: example('locust'), text, target: shop.url, nodes: 1 });
    assertSame(merged, shop.total(), 6);
    assert.equal(merged.stopped, false);
  });
});

for (const name of ['k6', 'locust', 'jmeter'] as const)
  test(`${name} is stopped early, and what was measured by then is kept`, {
    skip: missingTool(name),
  }, async () => {
    await using shop = await startShop();
    const { merged } = await runProject({
      project: example(name),
      target: shop.url,
      nodes: 1,
      ...(name !== 'k6' && { overrides: noRamp }),
      stopAfter: 20,
    });
    assert.equal(merged.stopped, true);
    assertSame(merged, shop.total(), 15);
  });
