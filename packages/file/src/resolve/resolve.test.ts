import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Stage } from '@marteau/shared';
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { renderProblems } from '../check/problem.ts';
import { APP_OF_THE_REPOSITORY, CHAOS_FOR_THE_APP, LOAD_TEST_AGAINST_STAGING } from '../examples.fixture.ts';
import { parseFile } from '../parse/parse.ts';
import type { MarteauFile } from '../schema/file.ts';
import { mergeFiles } from './merge.ts';
import { type FileChoices, resolveFile } from './resolve.ts';
import { ResolvedFile } from './resolved-file.ts';

function parse(yaml: string): MarteauFile {
  const { file, problems } = parseFile(yaml);
  assert.ok(file, renderProblems(problems));
  return file;
}

function resolved(yaml: string, choices?: FileChoices): ResolvedFile {
  const { file, problems } = resolveFile(parse(yaml), choices);
  assert.ok(file, renderProblems(problems));
  assert.ok(Value.Check(ResolvedFile, file));
  return file;
}

/** A cycle of the plan, by what a file says of it. */
function cycle({ index = 0, users, rampMs, durationMs = 30_000 }: CycleFacts): Stage {
  const name = users === 1 ? '1 user' : `${users} users`;
  const range = { from: users, to: users };
  const none = { rate: null, maxUsers: null, iterations: null, test: null };
  return { index, name, model: 'closed', users: range, rampMs, durationMs, recorded: true, ...none };
}

interface CycleFacts {
  index?: number;
  users: number;
  rampMs: number;
  durationMs?: number;
}

const problemsOf = (yaml: string, choices: FileChoices) =>
  resolveFile(parse(yaml), choices).problems.map(({ path, what, fix }) => ({ path, what, fix }));

test('a file of one line has every default', () => {
  assert.deepEqual(resolved('script: ./a.test.ts'), {
    name: './a.test.ts',
    description: null,
    script: 'a.test.ts',
    wdir: '.',
    test: null,
    runner: {
      name: 'node-test',
      command: null,
      results: null,
      way: 'reverse',
      setup: [],
      isOwnPlan: false,
    },
    profile: null,
    nodes: { count: 1, labels: {} },
    deps: [],
    env: {},
    secrets: [],
    data: {},
    before: [],
    after: [],
    app: null,
    targets: [],
    network: [],
    shared: false,
    version: null,
    tls: { verify: true, ca: null },
    load: {
      kind: 'cycles',
      plan: { steps: [1, 5, 10].map((users, index) => cycle({ index, users, rampMs: users * 200 })) },
      lengthMs: 93_200,
      while: [],
    },
    warmupMs: 0,
    timeoutMs: 90_000 + 3_200 + 600_000,
    requestTimeoutMs: 60_000,
    session: 'iteration',
    connections: 'keep',
    http: '1.1',
    mark: true,
    labels: [],
    expected: [],
    thresholds: resolved('script: a.ts\nthresholds: [errors < 1%, failures < 1%]').thresholds.map((each) => ({
      ...each,
      isDefault: true,
    })),
    stopIf: [],
    apdexUs: 1_500_000,
    email: [],
    notify: {},
    metadata: {},
    monitors: {},
    proxies: {},
    chaos: null,
    fixtures: {},
    recordings: {},
  });
});

describe('every field is read', () => {
  const rows: [string, Partial<ResolvedFile>][] = [
    ['wdir: tests/load/', { wdir: 'tests/load' }],
    ['nodes: {count: 3, labels: {region: eu}}', { nodes: { count: 3, labels: { region: 'eu' } } }],
    ['nodes: {labels: {region: eu}}', { nodes: { count: 1, labels: { region: 'eu' } } }],
    [
      `env: {B: "\${secrets.TWO}-\${secrets.ONE}", A: "\${secrets.ONE}", N: 5, T: true}`,
      {
        env: { B: `\${secrets.TWO}-\${secrets.ONE}`, A: `\${secrets.ONE}`, N: '5', T: 'true' },
        secrets: ['ONE', 'TWO'],
      },
    ],
    [
      'data: {users: u.csv, more: {file: ./m.json, per: user, order: unique}}',
      {
        data: {
          users: { file: 'u.csv', per: 'iteration', order: 'circular' },
          more: { file: 'm.json', per: 'user', order: 'unique' },
        },
      },
    ],
    ['before: npm run seed', { before: ['npm run seed'] }],
    ['after: [npm run a, npm run b]', { after: ['npm run a', 'npm run b'] }],
    [
      'app: {command: node a.ts}',
      { app: { setup: [], command: 'node a.ts', ready: '/', timeoutMs: 60_000 } },
    ],
    ['target: https://a.example.com', { targets: ['https://a.example.com'] }],
    ['targets: [https://a.example.com]', { targets: ['https://a.example.com'] }],
    ['version: {url: /v}', { version: { url: '/v', json: null } }],
    ['tls: {verify: false, ca: ca.pem}', { tls: { verify: false, ca: 'ca.pem' } }],
    ['expected: [404, 4xx, "500"]', { expected: [...Array.from({ length: 100 }, (_, i) => 400 + i), 500] }],
    ['email: a@example.com', { email: ['a@example.com'] }],
    ['apdex: 500ms', { apdexUs: 500_000 }],
    ['requestTimeout: 2', { requestTimeoutMs: 2_000 }],
    ['timeout: 2h', { timeoutMs: 7_200_000 }],
    ['metadata: {ticket: 12, ok: true}', { metadata: { ticket: '12', ok: 'true' } }],
    [
      'monitors: {db: "http://db:9100/metrics", web: {url: "http://p:9090", instance: web-1}}',
      {
        monitors: {
          db: { url: 'http://db:9100/metrics', instance: null },
          web: { url: 'http://p:9090', instance: 'web-1' },
        },
      },
    ],
    [
      'fixtures: {slow: {class: vaurien, arguments: {server: x, behavior: delay}}}\nlookup: [fixtures]',
      { fixtures: { slow: { class: 'vaurien', arguments: { server: 'x', behavior: 'delay' } } } },
    ],
    [
      'recordings: {pay: {file: pay.rec, latency: none}, id: {file: id.har, latency: 0.5, match: {headers: [X-V]}, verdict: none}}',
      {
        recordings: {
          pay: {
            file: 'pay.rec',
            server: null,
            mode: 'replay',
            way: 'reverse',
            latency: 0,
            matchHeaders: [],
            unmatched: 'fail',
            verdict: 'fail',
          },
          id: {
            file: 'id.har',
            server: null,
            mode: 'replay',
            way: 'reverse',
            latency: 0.5,
            matchHeaders: ['X-V'],
            unmatched: 'fail',
            verdict: 'none',
          },
        },
      },
    ],
  ];
  for (const [yaml, expected] of rows) {
    test(yaml, () => {
      const file = resolved(`script: a.ts\n${yaml}`);
      const read = Object.fromEntries(
        Object.keys(expected).map((name) => [name, file[name as keyof ResolvedFile]]),
      );
      assert.deepEqual(read, expected);
    });
  }
});

test('users come by and by, unless they have so many iterations to do', () => {
  const rampOf = (step: string) => {
    const { load } = resolved(`script: a.ts\nload: [{users: 10, for: 1m${step}}]`);
    return load.plan.steps[0]!.rampMs;
  };
  assert.deepEqual(['', ', iterations: 30', ', iterations: 30, ramp: 5s'].map(rampOf), [2000, 0, 5000]);
});

test('the three examples', () => {
  const staging = resolved(LOAD_TEST_AGAINST_STAGING);
  assert.equal(staging.timeoutMs, 480_000 + 32_000 + 600_000);
  assert.deepEqual(staging.secrets, ['TOKEN']);
  const app = resolved(APP_OF_THE_REPOSITORY);
  assert.equal(app.timeoutMs, 15_000 + 420_000 + 300_000 + 60_000 + 600_000);
  const [fault] = resolved(CHAOS_FOR_THE_APP).chaos?.timeline ?? [];
  assert.deepEqual(
    [fault?.atMs, fault?.forMs, fault?.setting.probability, fault?.expect],
    [60_000, 20_000, 1, { recoverWithinMs: 5_000, errors: null }],
  );
});

test('what all faults expect holds for each that says nothing else', () => {
  const { chaos } = resolved(`script: a.ts
app: {command: a}
proxies: {db: {upstream: "db:1", standstill: 2s}}
chaos:
  expect: {recoverWithin: 5s, errors: < 5%}
  behaviors: {db: "5:error, 10:delay"}
  timeline:
    - {at: 1s, for: 5s, proxy: db, behavior: hang, probability: 20%}
    - {at: 9s, for: 5s, every: 1m, proxy: db, behavior: delay, options: {sleep: 2s}, match: {command: GET}, expect: {recoverWithin: 9s}}`);
  assert.deepEqual(chaos?.behaviors, {
    db: [
      { percent: 5, behavior: 'error' },
      { percent: 10, behavior: 'delay' },
    ],
  });
  const [first, second] = chaos?.timeline ?? [];
  assert.equal(first?.setting.probability, 0.2);
  assert.equal(first?.expect.recoverWithinMs, 5_000);
  assert.equal(first?.expect.errors?.bound, 0.05);
  assert.equal(second?.expect.recoverWithinMs, 9_000);
  assert.equal(second?.expect.errors?.bound, 0.05);
  assert.deepEqual(second?.setting, {
    behavior: 'delay',
    options: { sleep: '2s' },
    probability: 1,
    match: { command: 'GET' },
  });
});

describe('profiles', () => {
  test('are merged over the rest', () => {
    const file = resolved(APP_OF_THE_REPOSITORY, { profile: 'smoke' });
    assert.equal(file.profile, 'smoke');
    assert.deepEqual(
      file.load.plan.steps.map(({ name }) => name),
      ['warm-up', '2 users'],
    );
    assert.equal(file.app?.command, 'node server.ts');
  });
  test('take the target off, for the app that the file starts', () => {
    for (const written of [
      'target: https://a.example.com',
      'targets: [https://a.example.com, https://b.example.com]',
    ]) {
      const { file, problems } = resolveFile(
        parse(
          `script: a.ts\n${written}\ncycles: 5\nduration: 20s\napp: {command: node app.js}\nprofiles: {own: {target: none, cycles: 2}}`,
        ),
        { profile: 'own' },
      );
      assert.deepEqual(problems, []);
      assert.deepEqual([file!.targets, file!.load.plan.steps[0]!.durationMs], [[], 20_000]);
    }
  });

  test('maps are merged field by field, lists are replaced', () => {
    const yaml = `script: a.ts
app: {command: node a.ts, ready: /up}
env: {A: 1, B: 2}
thresholds: [p95 < 1s, errors < 1%]
profiles: {slow: {app: {command: node b.ts}, env: {B: 3}, thresholds: [p95 < 2s]}}`;
    const file = resolved(yaml, { profile: 'slow' });
    assert.deepEqual(file.app, { setup: [], command: 'node b.ts', ready: '/up', timeoutMs: 60_000 });
    assert.deepEqual(file.env, { A: '1', B: '3' });
    assert.deepEqual(
      file.thresholds.map(({ source }) => source),
      ['p95 < 2s', 'errors < 1%', 'failures < 1%'],
    );
  });
  test('an unknown one is a mistake, an empty name is none', () => {
    assert.deepEqual(problemsOf(APP_OF_THE_REPOSITORY, { profile: 'smok' }), [
      { path: 'profile', what: "there is no profile 'smok'", fix: "did you mean 'smoke'?" },
    ]);
    assert.equal(problemsOf('script: a.ts', { profile: 'toString' })[0]?.fix, 'the file has no profiles');
    assert.equal(resolved(APP_OF_THE_REPOSITORY, { profile: ' ' }).profile, null);
  });
});

describe('overrides', () => {
  const cycles =
    'script: a.ts\ncycles: 10:20\nduration: 2m\nnodes: {count: 2, labels: {region: eu}}\nemail: a@example.com';
  const steps = 'script: a.ts\nload: [{users: 5, for: 1m}]';
  const cyclesOf = ({ load }: ResolvedFile) => (load.kind === 'cycles' ? load.plan.steps : null);

  test('empty ones change nothing', () => {
    const overrides = {
      cycles: '',
      duration: ' ',
      nodes: null,
      email: [],
      test: undefined,
      env: {},
      app: { command: '' },
    };
    assert.deepEqual(resolved(cycles, { overrides }), resolved(cycles));
  });
  test('text of a form is as good as a number', () => {
    const file = resolved(cycles, { overrides: { nodes: '3', cycles: '5', duration: '90', mark: 'false' } });
    assert.deepEqual(file.nodes, { count: 3, labels: { region: 'eu' } });
    assert.deepEqual(cyclesOf(file), [cycle({ users: 5, durationMs: 90_000, rampMs: 1000 })]);
    assert.equal(file.mark, false);
  });
  test('cycles keep the duration of the file', () => {
    assert.equal(cyclesOf(resolved(cycles, { overrides: { cycles: '7' } }))?.[0]?.durationMs, 120_000);
  });
  test('a field of a field changes that one alone, as text, too', () => {
    const yaml = `script: a.ts
app: {command: node a.ts, ready: /up}
find: {rate: 10/s..20/s, while: [p95 < 1s], for: 10s, maxUsers: 4}`;
    const overrides = { 'find.maxUsers': '50', 'find.for': '20s', 'app.ready': '/' };
    const file = resolved(yaml, { overrides });
    assert.deepEqual(file.load.plan.steps[0]?.maxUsers, 50);
    assert.deepEqual(file.load.plan.steps[0]?.durationMs, 20_000);
    assert.deepEqual([file.app?.command, file.app?.ready], ['node a.ts', '/']);
    assert.match(
      problemsOf(yaml, { overrides: { 'find.maxusers': 5 } })[0]?.what ?? '',
      /unknown field 'maxusers'/,
    );
    const hostile = ['__proto__.x', 'env.__proto__', `find${'.x'.repeat(15_000)}`, `a${'.'.repeat(15_000)}`];
    for (const name of hostile)
      assert.match(problemsOf(yaml, { overrides: { [name]: '5' } })[0]?.what ?? '', /is no field of a field/);
  });

  test('another model replaces the whole one', () => {
    const file = resolved(steps, { overrides: { cycles: '7' } });
    assert.deepEqual(cyclesOf(file), [cycle({ users: 7, rampMs: 1400 })]);
    assert.equal(resolved(cycles, { overrides: { load: [{ users: 1, for: 5 }] } }).load.kind, 'steps');
    const found = resolved(cycles, { overrides: { find: { rate: '1/s..9/s', while: ['p95 < 1s'] } } });
    assert.equal(found.load.kind, 'find');
  });
  test('a target replaces targets', () => {
    const yaml = 'script: a.ts\ntargets: [https://a.example.com, https://b.example.com]';
    assert.deepEqual(resolved(yaml, { overrides: { target: 'https://c.example.com' } }).targets, [
      'https://c.example.com',
    ]);
  });
  test('stand over a profile', () => {
    const yaml = `${cycles}\nprofiles: {small: {cycles: 1, duration: 10s}}`;
    const file = resolved(yaml, { profile: 'small', overrides: { cycles: '2' } });
    assert.deepEqual(cyclesOf(file), [cycle({ users: 2, durationMs: 10_000, rampMs: 400 })]);
  });

  const wrong: [string, Record<string, unknown>, string, string][] = [
    [
      cycles,
      { duration: '2 parsecs' },
      'duration',
      "in the override duration: duration is '2 parsecs', not a duration",
    ],
    [cycles, { durration: '2m' }, 'durration', "in the override durration: unknown field 'durration'"],
    [
      cycles,
      { nodes: 'many' },
      'nodes',
      "in the override nodes: nodes is 'many', not a whole number, a map or a list",
    ],
    [cycles, { nodes: '0' }, 'nodes', 'in the override nodes: nodes is 0'],
    [
      cycles,
      { profiles: { a: { cycles: 1 } } },
      'profiles',
      "in the override profiles: unknown field 'profiles'",
    ],
    [
      cycles,
      { script: '../../a.ts' },
      'script',
      "in the override script: '../../a.ts' leaves the repository",
    ],
    [
      cycles,
      { cycles: '1', load: [{ users: 1, for: 1 }] },
      'load',
      'in the override load: load and cycles exclude each other',
    ],
    [
      steps,
      { duration: '2m' },
      'duration',
      'in the override duration: duration belongs to cycles, and this file has load',
    ],
    [
      `${cycles}\ntimeout: 15m`,
      { cycles: '1000', duration: '10m' },
      'timeout',
      'in the override cycles, duration: timeout is 15 min, and the run needs more (10 min 30 s of load, 10 min to spare)',
    ],
    [cycles, { constructor: 'x' }, 'constructor', "in the override constructor: unknown field 'constructor'"],
  ];
  for (const [yaml, overrides, path, what] of wrong) {
    test(what, () => {
      const [problem] = problemsOf(yaml, { overrides });
      assert.deepEqual([problem?.path, problem?.what], [path, what]);
    });
  }

  test('all mistakes at once, none of them in a line of the file', () => {
    const { problems } = resolveFile(parse(cycles), { overrides: { duration: 'x', cycles: 'y', foo: 1 } });
    assert.equal(problems.length, 3);
    assert.ok(problems.every(({ line, column }) => line === null && column === null));
    assert.match(renderProblems(problems), /^\.marteau\.yml {2}in the override duration: /);
  });

  test('no overrides make it throw', () => {
    const names = fc.constantFrom(
      'cycles',
      'load',
      'app',
      'env',
      'nodes',
      'chaos',
      'x',
      '__proto__',
      'target',
      'find',
    );
    fc.assert(
      fc.property(fc.dictionary(names, fc.jsonValue({ maxDepth: 2 })), (overrides) => {
        const { file, problems } = resolveFile(parse(cycles), { overrides });
        assert.equal(file === null, problems.length > 0);
        if (file) assert.ok(Value.Check(ResolvedFile, file));
      }),
      { numRuns: 500 },
    );
  });
});

test('merging changes neither of its files', () => {
  const base = parse(LOAD_TEST_AGAINST_STAGING);
  const over = { env: { A: 'b' }, load: [{ users: 1, for: '1m' }] };
  const before = structuredClone([base, over]);
  mergeFiles(base, over);
  assert.deepEqual([base, over], before);
});

test('overrides that are more than a file may be are one mistake, however deep they go', () => {
  const nested: unknown[] = [];
  for (let i = 0, level = nested; i < 50_000; i++) {
    const inner: unknown[] = [];
    level.push(inner);
    level = inner;
  }
  for (const [overrides, what] of [
    [{ env: nested }, 'the overrides are nested deeper than 20 levels'],
    [{ labels: Array(5_001).fill('GET /') }, 'the overrides hold more than 5000 values'],
    [{ name: 'ü'.repeat(16_400) }, 'the overrides have more than 32 KB'],
  ] as const) {
    const { problems } = resolveFile({ script: 'a.ts' }, { overrides });
    assert.deepEqual(
      problems.map((problem) => problem.what),
      [what],
    );
  }
});
