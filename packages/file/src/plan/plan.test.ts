import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Plan, type Stage } from '@marteau/shared';
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { renderProblems } from '../check/problem.ts';
import { APP_OF_THE_REPOSITORY, CHAOS_FOR_THE_APP, LOAD_TEST_AGAINST_STAGING } from '../examples.fixture.ts';
import { parseFile } from '../parse/parse.ts';
import { resolveFile } from '../resolve/resolve.ts';
import type { ResolvedFile } from '../resolve/resolved-file.ts';
import { describePlan } from './describe-plan.ts';
import { planLengthMs, setUpMs } from './length.ts';

function resolved(yaml: string): ResolvedFile {
  const parsed = parseFile(/script"?:/.test(yaml) ? yaml : `script: a.ts\n${yaml}`);
  assert.ok(parsed.file, renderProblems(parsed.problems));
  const { file, problems } = resolveFile(parsed.file);
  assert.ok(file, renderProblems(problems));
  return file;
}

const stages = (yaml: string) => resolved(yaml).load.plan.steps;

const closed: Stage = {
  index: 0,
  name: '10 users',
  model: 'closed',
  users: { from: 10, to: 10 },
  rate: null,
  maxUsers: null,
  iterations: null,
  rampMs: 2_000,
  durationMs: 120_000,
  recorded: true,
  test: null,
};

describe('cycles', () => {
  test('one stage each, users started 0.2 s apart and not recorded', () => {
    assert.deepEqual(stages('cycles: 10:20\nduration: 2m'), [
      closed,
      { ...closed, index: 1, name: '20 users', users: { from: 20, to: 20 }, rampMs: 4_000 },
    ]);
  });
  test('a ramp takes at most 30 s, or what the file says', () => {
    assert.equal(stages('cycles: 1000')[0]?.rampMs, 30_000);
    assert.equal(stages('cycles: 1000\nramp: 5m')[0]?.rampMs, 300_000);
  });
  test('a gentle default where the file describes no load', () => {
    const described = stages('name: Shop').map(({ name, durationMs }) => [name, durationMs]);
    assert.deepEqual(described, [
      ['1 user', 30_000],
      ['5 users', 30_000],
      ['10 users', 30_000],
    ]);
  });
  test('the test that the file names runs', () => {
    assert.equal(stages('cycles: 10\ntest: shop > buy')[0]?.test, 'shop > buy');
  });
});

describe('stages', () => {
  const open = { ...closed, users: null, rampMs: 0 } as const;
  test('users, a range of users, a rate, a range of rates, iterations, a pause', () => {
    const yaml = `load:
  - {users: 10, for: 2m}
  - {users: 10, for: 2m, ramp: 1s, name: steady}
  - {users: 1..100, for: 2m}
  - {rate: 50/s, for: 2m, maxUsers: 400}
  - {rate: 50/s..500/s, for: 2m}
  - {users: 10, iterations: 1000}
  - {users: 10, iterations: {count: 5, per: user}, for: 1m}
  - {pause: 30s}`;
    const expected: Stage[] = [
      closed,
      { ...closed, name: 'steady', rampMs: 1_000 },
      { ...closed, name: '1 to 100 users', users: { from: 1, to: 100 }, rampMs: 0 },
      { ...open, name: '50/s', model: 'open', rate: { from: 50, to: 50 }, maxUsers: 400 },
      { ...open, name: '50/s to 500/s', model: 'open', rate: { from: 50, to: 500 }, maxUsers: 1000 },
      { ...closed, rampMs: 0, iterations: { count: 1000, per: 'all' }, durationMs: 600_000 },
      { ...closed, rampMs: 0, iterations: { count: 5, per: 'user' }, durationMs: 60_000 },
      { ...open, name: 'pause', model: 'pause', durationMs: 30_000, recorded: false },
    ];
    assert.deepEqual(
      stages(yaml),
      expected.map((stage, index) => ({ ...stage, index })),
    );
  });

  test('arrivals as people come: for all stages, or for one', () => {
    const poisson = { kind: 'poisson', seed: 1 };
    const drawn = (yaml: string) => stages(yaml).map(({ arrivals }) => arrivals);
    const both = 'load: [{rate: 5/s, for: 1m}, {rate: 9/s, for: 1m, arrivals: even}]';
    assert.deepEqual(drawn(`arrivals: poisson\n${both}`), [poisson, undefined]);
    assert.deepEqual(drawn('load: [{rate: 5/s, for: 1m, arrivals: {kind: poisson, seed: 42}}]'), [
      { kind: 'poisson', seed: 42 },
    ]);
    assert.deepEqual(drawn('arrivals: poisson\ncycles: 10'), [undefined]);
    assert.deepEqual(drawn('arrivals: poisson\nfind: {rate: 1/s..2/s, while: [p95 < 1s]}'), [
      poisson,
      poisson,
    ]);
  });

  test('each test has its own, side by side', () => {
    const yaml = 'load: {browse: [{users: 10, for: 2m}, {pause: 1m}], buy: [{rate: 2/s, for: 5m}]}';
    const plan = resolved(yaml).load.plan;
    assert.deepEqual(
      plan.steps.map(({ test: name, name: stage }) => [name, stage]),
      [
        ['browse', '10 users'],
        ['browse', 'pause'],
        ['buy', '2/s'],
      ],
    );
    assert.equal(planLengthMs(plan), 300_000);
    const only = resolved(`test: buy\n${yaml}`);
    assert.deepEqual(
      only.load.plan.steps.map((stage) => stage.test),
      ['buy'],
    );
  });

  test('a warm-up is the first load of each test, not recorded', () => {
    const [warmup, first] = stages('warmup: 15s\nload: [{rate: 0/s..500/s, for: 2m, maxUsers: 400}]');
    assert.deepEqual(warmup, {
      ...open,
      name: 'warm-up',
      model: 'open',
      rate: { from: 500, to: 500 },
      maxUsers: 400,
      durationMs: 15_000,
      recorded: false,
    });
    assert.equal(first?.index, 1);
    const named = stages(
      'warmup: 15s\nload: {a: [{pause: 1s}, {users: 2, iterations: 5}], b: [{users: 1..9, for: 1m}]}',
    );
    assert.deepEqual(
      named.map(({ test: name, name: stage, users, iterations }) => [
        name,
        stage,
        users?.to,
        iterations?.count,
      ]),
      [
        ['a', 'warm-up', 2, undefined],
        ['a', 'pause', undefined, undefined],
        ['a', '2 users', 2, 5],
        ['b', 'warm-up', 1, undefined],
        ['b', '1 to 9 users', 9, undefined],
      ],
    );
  });
});

test('a search doubles the rate up to the highest one, and leaves time to bisect', () => {
  const file = resolved('find: {rate: 10/s..100/s, while: [p95 < 300ms], for: 20s}');
  assert.deepEqual(
    file.load.plan.steps.map(({ name }) => name),
    ['10/s', '20/s', '40/s', '80/s', '100/s'],
  );
  assert.equal(file.load.lengthMs, (5 + 6) * 20_000);
});

test('at a rate that is tried errors and failures are bounded, by the file or as always', () => {
  const bounds = (holds: string) =>
    resolved(`find: {rate: 10/s..100/s, while: [${holds}]}`).load.while.map(({ source }) => source);
  assert.deepEqual(bounds('p95 < 300ms'), ['p95 < 300ms', 'errors < 1%', 'failures < 1%']);
  assert.deepEqual(bounds('errors <= 100%, failures < 5%'), ['errors <= 100%', 'failures < 5%']);
});

describe('what it amounts to', () => {
  const rows: [string, string][] = [
    [LOAD_TEST_AGAINST_STAGING, '4 cycles x 2 min, about 9 min, at most 100 users on 3 nodes'],
    [
      APP_OF_THE_REPOSITORY,
      'warm-up of 15 s, 50/s rising to 500/s over 2 min, then 500/s for 5 min, about 7 min, at most 400 users on 1 node',
    ],
    [CHAOS_FOR_THE_APP, '100/s for 3 min, about 3 min, at most 200 users on 1 node'],
    [
      'load: [{rate: 50/s, for: 1m, arrivals: poisson}]',
      '50/s as people come for 1 min, about 1 min, at most 100 users on 1 node',
    ],
    ['cycles: 1\nduration: 10s', '1 cycle x 10 s, about 10 s, at most 1 user on 1 node'],
    ['name: x', '3 cycles x 30 s, about 1 min 30 s, at most 10 users on 1 node'],
    [
      'nodes: 2\napp: {command: node a.ts}\nload: [{users: 100..1, for: 90s}, {pause: 30s}, {users: 5, iterations: 100}]',
      '100 users falling to 1 over 1 min 30 s, then 30 s pause, then 5 users doing 100 iterations in at most 10 min, about 12 min, at most 100 users on 2 nodes and one more for the app',
    ],
    [
      'load: {browse: [{users: 50, for: 5m, ramp: 1s}], buy: [{rate: 2/s, for: 5m, maxUsers: 20}]}',
      'browse: 50 users for 5 min; beside it buy: 2/s for 5 min, about 5 min, at most 70 users on 1 node',
    ],
    [
      'find: {rate: 10/s..2000/s, while: [p95 < 300ms], maxUsers: 500}',
      'search from 10/s to 2\u202f000/s, 30 s each, about 8 min, at most 500 users on 1 node',
    ],
    [
      `load: [${Array(9).fill('{users: 1, for: 10s, ramp: 1s}').join(', ')}]`,
      `${Array(6).fill('1 user for 10 s').join(', then ')}, then 3 more stages, about 1 min 40 s, at most 1 user on 1 node`,
    ],
  ];
  for (const [yaml, sentence] of rows) {
    test(sentence, () => assert.equal(describePlan(resolved(yaml)), sentence));
  }
});

describe('set-up', () => {
  const rows: [string, number][] = [
    ['cycles: 1', 0],
    ['deps: [jose]', 300_000],
    ['app: {command: node a.ts}', 60_000],
    ['app: {command: node a.ts, timeout: 3m, setup: npm ci}', 480_000],
  ];
  for (const [yaml, ms] of rows) test(yaml, () => assert.equal(setUpMs(resolved(yaml)), ms));
});

test('every load makes a plan that follows the schema, and is as long as its stages', () => {
  const seconds = fc.integer({ min: 1, max: 3600 });
  const users = fc.integer({ min: 1, max: 1000 });
  const stage = fc.oneof(
    fc.record({ users, for: seconds }),
    fc.record({ users: fc.tuple(users, users).map(([a, b]) => `${a}..${b}`), for: seconds }),
    fc.record({
      rate: fc.tuple(users, users).map(([a, b]) => `${a}/s..${b}/s`),
      for: seconds,
      maxUsers: users,
    }),
  );
  const list = fc.array(stage, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(
      fc.oneof(list, fc.dictionary(fc.constantFrom('a', 'b', 'c'), list, { minKeys: 1 })),
      (load) => {
        const file = resolved(JSON.stringify({ script: 'a.ts', load }));
        const plan = file.load.plan;
        assert.ok(Value.Check(Plan, plan));
        const lists = Array.isArray(load) ? [load] : Object.values(load);
        const most = lists.map((stages) => stages.reduce((sum, each) => sum + each.for * 1000, 0));
        assert.ok(planLengthMs(plan) >= Math.max(...most));
        assert.ok(plan.steps.every(({ index }, i) => index === i));
      },
    ),
  );
});
