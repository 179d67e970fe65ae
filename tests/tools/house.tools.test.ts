// A k6 project through the whole house: the nodes that have k6 say so, and a run over three of them is one report.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readResults } from '@marteau/report/schema';
import { startTargetServer } from '@marteau/testkit';
import { openHouse } from '../house/house.ts';
import { missingTool } from './missing-tool.ts';

const example = join(import.meta.dirname, '../../examples/k6');

test('k6 on three contained nodes', { skip: missingTool('k6') }, async () => {
  const path = `${process.env.MARTEAU_TOOLS_PATH}:${process.env.PATH}`;
  await using house = await openHouse({ workers: 3, env: { PATH: path } });
  await using target = await startTargetServer();
  const script = (await readFile(join(example, 'shop.js'), 'utf8'))
    .replaceAll('/search?q=tea', '/json')
    .replace(/products\/\$\{[^}]*\}/, 'hello');
  const repo = await house.git.createRepo('k6', {
    '.marteau.yml': `script: shop.js\ntarget: ${target.url}\nnodes: 3\nthresholds: [errors < 100%]\n`,
    'shop.js': script,
  });
  const run = await house.ends(await house.submit(repo.url), 120_000);
  assert.equal(run.state, 'finished', run.reason ?? '');
  const { nodes } = await house.api<{
    nodes: { versions: Record<string, string>; labels: Record<string, string> }[];
  }>('GET', '/nodes');
  for (const { versions, labels } of nodes) {
    assert.match(versions.k6 ?? '', /^\d+\.\d+/);
    assert.equal(labels['has-k6'], 'yes');
  }
  const results = readResults(await house.file(run.id, 'results.json'));
  assert.match(results.source!.title, /^k6 \d/);
  assert.equal(results.nodes.length, 3);
  const told = results.labels
    .filter(({ kind }) => kind === 'request')
    .flatMap(({ steps }) => steps)
    .reduce((sum, { count }) => sum + count, 0);
  assert.ok(target.seen.requests - told >= 0 && target.seen.requests - told <= 15);
  await house.assertNothingLeft();
});
