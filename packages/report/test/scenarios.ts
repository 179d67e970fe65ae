import { parseThreshold, type Run, type Threshold } from '@marteau/shared';
import { mergeMeasurements } from '../src/merge/merge-measurements.ts';
import type { ReportInput } from '../src/results/report-input.ts';
import { aRun } from './a-run.ts';
import { atRate, cycles } from './plans.ts';
import { cartFailures, failingShop, shop } from './shop.ts';
import { type Simulation, simulate } from './simulate.ts';

const startedAt = '2026-11-21T09:29:58.004Z';
const calm = { seed: 42, startedAt, perUser: 6, contention: 0.004, coherency: 0.00004 };
const yaml = `name: Marketplace
script: loadtest/checkout.test.ts
cycles: 10:20:30:100
duration: 30s
target: https://staging.example.com
env: {TOKEN: "\${secrets.TOKEN}"}
thresholds: [p95 < 300ms, 'p99 of "POST /cart" < 500ms over 10s', errors < 1%, requests >= 100/s]
email: team@example.com
`;

/** Thresholds as a file would give them. */
export function thresholds(...sources: string[]): Threshold[] {
  return sources.map((source) => {
    const parsed = parseThreshold(source);
    if ('mistake' in parsed) throw new Error(`${source}: ${parsed.mistake.what}`);
    return parsed.threshold;
  });
}

function input(
  simulation: Simulation,
  bounds: readonly Threshold[],
  run: Partial<Run> = {},
  more: Partial<ReportInput> = {},
): ReportInput {
  return {
    run: aRun({ nodes: simulation.shares ?? 1, ...run }),
    url: 'https://marteau.example.com/runs/r1jd3v8k2m0pqrstuvw',
    file: yaml,
    plan: simulation.plan,
    thresholds: bounds,
    measurements: mergeMeasurements(simulate(simulation)),
    environment: { node: '24.21.0', 'lock file': 'sha256 5f0c…91ab', machine: '4 cores, 16 GB, Linux 6.8' },
    ...more,
  };
}

const usual = () =>
  thresholds('p95 < 300ms', 'p99 of "POST /cart" < 500ms over 10s', 'errors < 1%', 'requests >= 100/s');

const hostileText = '<script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'">';
const hostileWord = `</script><script>document.title="owned"</script>${'x'.repeat(10_000)}`;

/** Runs of every kind, each a function because some are large. */
export const scenarios = {
  pass: () => input({ ...calm, plan: cycles([10, 20, 30, 100], 30), labels: shop }, usual()),

  fail: () =>
    input(
      {
        ...calm,
        contention: 0.02,
        coherency: 0.0012,
        plan: cycles([10, 20, 30, 100], 30),
        labels: failingShop(0.021),
        failures: cartFailures,
      },
      usual(),
    ),

  invalid: () =>
    input(
      {
        ...calm,
        plan: cycles([100, 200, 400], 20),
        labels: shop,
        cpu: 0.97,
        limits: [
          {
            code: 'cpu',
            sentence:
              'a generator thread had 97 % of its processor for 54 s of 60 s. Use more nodes, or fewer users.',
            share: 0.9,
          },
        ],
      },
      usual(),
      { target: 'http://127.0.0.1:3000' },
    ),

  'one-request': () =>
    input(
      {
        ...calm,
        perUser: 0.1,
        seed: 45,
        plan: cycles([1], 10),
        labels: [
          { kind: 'test', name: 'hello', perIteration: 1, median: 3_100, sigma: 0.1 },
          { kind: 'request', name: 'GET /', perIteration: 1, median: 2_900, sigma: 0.1, bytes: 12 },
        ],
      },
      [],
      { name: null, target: 'http://127.0.0.1:8080' },
    ),

  'nothing-finished': () => input({ ...calm, perUser: 0, plan: cycles([10], 2), labels: shop }, usual()),

  'all-failed': () =>
    input(
      {
        ...calm,
        perUser: 40,
        plan: cycles([5, 10], 15),
        labels: [
          { kind: 'test', name: 'browse and buy', perIteration: 1, median: 900, sigma: 0.3, errorRate: 1 },
          {
            kind: 'request',
            name: 'GET /',
            perIteration: 1,
            median: 620,
            sigma: 0.3,
            errorRate: 1,
            error: 'ECONNREFUSED',
          },
        ],
        failures: [
          {
            ...cartFailures[0]!,
            message: 'fetch failed: connect ECONNREFUSED 127.0.0.1:3000',
            source: 'loadtest/checkout.test.ts:12:24',
            sourceText: "  const page = await fetch('/');",
            count: 8_112,
            first: 1_004,
            last: 31_900,
          },
        ],
      },
      usual(),
      { target: 'http://127.0.0.1:3000' },
    ),

  'many-labels': () =>
    input(
      {
        ...calm,
        perUser: 3,
        plan: cycles([5, 10, 20], 20),
        labels: [
          { kind: 'test', name: 'crawl', perIteration: 1, median: 310_000, sigma: 0.3 },
          ...Array.from({ length: 500 }, (_, i) => ({
            kind: 'request' as const,
            name: `${i % 7 === 0 ? 'POST' : 'GET'} /section-${Math.floor(i / 25)}/page-${i}/:id`,
            perIteration: 0.02 + (i % 13) / 100,
            median: 2_000 + 90 * i,
            sigma: 0.5,
            bytes: 900,
          })),
        ],
      },
      thresholds('p95 < 300ms', 'p95 of "GET /sectoin-1/page-26/:id" < 100ms'),
    ),

  'many-cycles': () =>
    input(
      {
        ...calm,
        contention: 0.01,
        coherency: 0.0002,
        plan: cycles(
          Array.from({ length: 50 }, (_, i) => 2 * (i + 1)),
          10,
        ),
        labels: shop,
      },
      thresholds('p95 < 120ms', 'errors < 1%'),
    ),

  hour: () =>
    input(
      {
        seed: 7,
        startedAt,
        plan: atRate(120, 3600),
        labels: failingShop(0.0004),
        perUser: 1,
        shares: 3,
        outage: { from: 2041, to: 2043 },
        failures: [{ ...cartFailures[1]!, count: 91, first: 12_300, last: 3_512_000, byStep: { '0': 91 } }],
      },
      thresholds('p95 < 100ms', 'errors < 1%', 'rate >= 110/s', 'requests >= 400/s over 10s'),
      { name: 'Marketplace, a long evening' },
      {
        events: [
          {
            type: 'fault',
            at: Date.parse(startedAt) + 2_041_000,
            kind: 'restart',
            title: 'app restarted',
            detail: 'exit code 137, out of memory',
            duration: 0,
          },
        ],
      },
    ),

  hostile: () =>
    input(
      {
        ...calm,
        plan: cycles([5, 10], 15),
        labels: [
          { kind: 'test', name: hostileText, perIteration: 1, median: 40_000, sigma: 0.3 },
          { kind: 'request', name: hostileWord, perIteration: 1, median: 9_000, sigma: 0.3, bytes: 10 },
          {
            kind: 'request',
            name: 'GET /\u202eecrof/\u2066x\u2069/__proto__',
            perIteration: 1,
            median: 4_000,
            sigma: 0.3,
            error: '<b>500</b>',
            errorRate: 0.002,
          },
          {
            kind: 'request',
            name: 'GET /"><svg onload=document.title="owned">',
            perIteration: 1,
            median: 4_000,
            sigma: 0.3,
          },
        ],
        failures: [
          {
            ...cartFailures[0]!,
            test: hostileText,
            message: `${hostileWord}\u001b[31mred`,
            source: '"><script>document.title="owned"</script>:1:1',
            sourceText: '--></style></textarea></title><script>document.title="owned"</script>',
            samples: [{ at: 12, user: 1, detail: `]]>${hostileText}\u0000` }],
          },
        ],
        notes: [hostileText, 'javascript:document.title="owned"'],
      },
      thresholds(`p95 of "${hostileText.replaceAll('"', '\\"')}" < 1s`, 'errors < 1%'),
      {
        name: hostileText,
        commitSubject: `${hostileText} \u202egnihtemos`,
        commitAuthor: '"><script>document.title="owned"</script> <x@example.com>',
        repo: 'javascript:document.title="owned"',
        project: hostileText,
        target: 'javascript:document.title="owned"',
        ref: '"><svg onload=document.title="owned">',
        submitter: { kind: 'api', id: hostileText },
        overrides: { '</script><script>document.title="owned"</script>': hostileText },
      },
      {
        url: 'javascript:document.title="owned"',
        file: `# </pre></script><script>document.title="owned"</script>\n${yaml}`,
        environment: { [hostileText]: hostileText },
        events: [
          {
            type: 'fault',
            at: Date.parse(startedAt) + 9_000,
            kind: hostileText,
            title: hostileText,
            detail: hostileText,
            duration: 2_000,
          },
        ],
      },
    ),

  stopped: () =>
    input({ ...calm, plan: cycles([10, 20, 30, 100], 30), labels: shop, stopAfter: 71 }, usual(), {
      stopped: true,
    }),

  error: () =>
    input(
      { ...calm, plan: cycles([10], 10), labels: [] },
      usual(),
      {
        state: 'error',
        reason:
          'The script threw while it was loaded: loadtest/checkout.test.ts:3:22: Cannot find package “undici”. Add it to package.json, or fetch with Node’s own fetch.',
        target: null,
      },
      { measurements: null },
    ),

  cancelled: () =>
    input(
      { ...calm, plan: cycles([10], 10), labels: [] },
      usual(),
      {
        state: 'cancelled',
        reason: 'Cancelled by dora while it waited for a node.',
      },
      { measurements: null },
    ),
} satisfies Record<string, () => ReportInput>;
