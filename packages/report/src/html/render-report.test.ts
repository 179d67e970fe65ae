import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { scenarios } from '../fixtures/scenarios.ts';
import { buildResults } from '../results/build-results.ts';
import { readResults } from '../schema/read-results.ts';
import type { Results } from '../schema/results.ts';
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

    const limit = name.startsWith('many-') ? 1_100_000 : 1_000_000;
    test(`has at most ${limit / 1e6} MB`, () => assert.ok(html.length < limit, `${html.length}`));
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
  assert.match(html, /Only the slowest stage, 100 users, is shown here; results\.json has every stage/);
});

describe('short and sad runs say why', () => {
  for (const [name, said] of [
    ['nothing-finished', /No iteration finished within a stage: the stage \(2 s\) is too short/],
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

test('much of everything at once stays below 3 MB', () => {
  const large = built.get('hosts')!;
  const wide = built.get('many-cycles')!;
  const many = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i));
  const host = large.hosts![0]!;
  const readings = many(1_200, (i) => i * 1_000);
  const column = readings.map((at) => 1e9 + Math.sin(at) * 1e9);
  const long = 'x'.repeat(4_000);
  const html = renderReport({
    ...wide,
    labels: built.get('many-labels')!.labels,
    hosts: many(40, (i) => ({
      ...host,
      name: `host-${i}`,
      at: readings,
      ...Object.fromEntries(
        ['cpu', 'load1', 'load5', 'load15', 'memory', 'swap', 'received', 'sent'].map((name) => [
          name,
          column,
        ]),
      ),
    })),
    events: many(2_000, (i) => ({ at: i * 100, duration: 50, kind: 'app', title: long, detail: long })),
    notes: many(1_000, () => long),
    failures: many(400, (i) => ({
      ...built.get('fail')!.failures[0]!,
      message: `${i} ${long}`,
      samples: many(20, () => ({ at: 1, user: 1, detail: long })),
    })),
    judgement: {
      ...wide.judgement!,
      thresholds: many(3_000, () => wide.judgement!.thresholds[0]!),
    },
    nodes: many(200, (i) => ({ ...wide.nodes[0]!, node: `node-${i}` })),
  });
  assert.ok(html.length < 3_000_000, `${html.length}`);
  assert.match(html, /2940 more are in results\.json; those that failed are shown first/);
  assert.match(html, /988 more remarks/);
});

test('a part that cannot be drawn takes no other with it, and is named', () => {
  const results = built.get('hosts')!;
  const broken = { ...results, hosts: [{ ...results.hosts![0]!, cpu: null as unknown as number[] }] };
  const html = renderReport(broken);
  assert.match(html, /“Hosts of the target” could not be drawn \(.+\)\. Its numbers are in results\.json\./);
  assert.match(html, /id="timeline"/);
  assert.doesNotMatch(html, /id="hosts"/);
});

test('has every stylesheet that lies beside its templates', () => {
  const folder = new URL('../../../../templates/', import.meta.url);
  const html = renderReport(built.get('pass')!);
  for (const part of ['look', 'report/css'])
    for (const name of readdirSync(new URL(part, folder))) {
      const text = readFileSync(new URL(`${part}/${name}`, folder), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
      const lines = text.split('\n').map((line) => line.trim());
      const [longest = ''] = lines.toSorted((a, b) => b.length - a.length);
      assert.ok(html.includes(longest), `${part}/${name}: ${longest}`);
    }
});
