import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Results, readResults } from '@marteau/shared';
import { scenarios } from '../fixtures/scenarios.ts';
import { buildResults } from '../results/build-results.ts';
import { renderReport } from './render-report.ts';

const built = new Map<string, Results>();
for (const [name, make] of Object.entries(scenarios)) built.set(name, buildResults(make()));

for (const [name, results] of built) {
  describe(name, () => {
    const html = renderReport(results);

    test('rebuilds from results.json, byte for byte the same', () => {
      assert.equal(renderReport(readResults(JSON.stringify(results))), html);
    });

    test('asks nothing of anybody', () => {
      const links = [...html.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, link]) => link!);
      for (const link of links) assert.match(link, /^(#|https?:\/\/)/);
      assert.doesNotMatch(html, /<(link|img|iframe|object|embed|base|form|audio|video)\b/i);
      const attributes = [...html.matchAll(/<[a-z]+((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*\/?>/gi)].flatMap(
        ([, all]) => [...all!.matchAll(/\s([a-z-]+)(?:="[^"]*")?/gi)].map(([, name]) => name!),
      );
      for (const name of attributes)
        assert.doesNotMatch(name, /^(on.*|src|srcset|action|poster|ping|background)$/i);
      assert.doesNotMatch(html, /url\((?!#)|@import|@font-face/i);
    });

    test('has exactly its own two scripts and its own style', () => {
      assert.deepEqual(html.match(/<script[^>]*>/g), [
        '<script type="application/json" id="data">',
        '<script>',
      ]);
      assert.equal(html.match(/<\/script>/g)?.length, 2);
      assert.equal(html.match(/<style>/g)?.length, 1);
    });

    test('lets no value slip through unsaid', () => {
      const text = html.replace(/<script[\s\S]*?<\/script>/g, '');
      assert.doesNotMatch(text, /\bundefined\b|\bNaN\b|\[object|Infinity/);
    });

    test('is at most 1.1 MB', () => assert.ok(html.length < 1_100_000, `${html.length}`));
  });
}

test('the shell is below 180 KB', () => {
  const html = renderReport(built.get('cancelled')!);
  assert.ok(html.length < 180_000, `${html.length}`);
});

test('500 labels in 50 cycles stay below 3 MB', () => {
  const many = built.get('many-labels')!;
  const wide = built.get('many-cycles')!;
  const labels = many.labels.map((label) => ({
    ...label,
    steps: wide.steps.map(({ plan }) => ({ ...label.steps[0]!, step: plan.index })),
  }));
  const html = renderReport({ ...wide, labels });
  assert.ok(html.length < 3_000_000, `${html.length}`);
  assert.match(html, /Only the slowest step, 100 users, is shown here; results\.json has every step/);
});

describe('short and sad runs say why', () => {
  for (const [name, said] of [
    ['nothing-finished', /No iteration finished within a cycle: the cycle \(2 s\) is too short/],
    ['error', /The script threw while it was loaded/],
    ['cancelled', /Cancelled by dora while it waited for a node/],
    ['stopped', /stopped early and judged by/],
    ['one-request', /too few for percentiles/],
    ['all-failed', /ECONNREFUSED/],
    ['invalid', /The generator, not the target, shaped the numbers/],
  ] as const) {
    test(name, () => assert.match(renderReport(built.get(name)!), said));
  }
});
