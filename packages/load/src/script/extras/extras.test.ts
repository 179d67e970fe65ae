import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CustomMetric, Measurements } from '@marteau/measure';
import { startTargetServer } from '@marteau/testkit';
import { cycle, measure, runScript, statsOf } from '../../fixtures/run-script.ts';

const imports = `
  import { test, before, after } from 'node:test';
  import { check, counter, data, iteration, label, rate, think, trend, user, weight } from 'marteau';
  const say = (what) => console.log('> ' + JSON.stringify(what));
`;
const said = (stdout: string): unknown[] =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('> '))
    .map((line) => JSON.parse(line.slice(2)) as unknown);

/** A step of so many iterations, which no noisy machine makes more or fewer. */
const times = (count: number, users = 1, per: 'user' | 'all' = 'user') => [
  cycle(users, { rampMs: 0, durationMs: 10_000, iterations: { count, per } }),
];

function metricOf({ metrics = [] }: Measurements, name: string): CustomMetric {
  const metric = metrics.find((each) => each.name === name);
  assert.ok(metric, `no ${name} among ${metrics.map((each) => each.name).join(', ')}`);
  return metric;
}

describe('metrics of a script', () => {
  it('count, add up and spread', async () => {
    const measurements = await measure({
      script: `${imports}
        const sold = counter('sold');
        test('shop', () => {
          sold.add(3);
          sold.add();
          rate('cached').add(iteration() % 4 === 0);
          trend('render', 'ms').add(10 + iteration());
          trend('page', 'bytes').add(2048);
          trend('score').add(0.25);
          check('is first', iteration() === 0);
        });`,
      steps: times(20),
    });
    const [sold, cached, render] = ['sold', 'cached', 'render'].map((name) => metricOf(measurements, name));
    assert.deepEqual(sold?.steps, [{ step: 0, count: 40, sum: 80, values: null }]);
    assert.deepEqual(cached?.steps, [{ step: 0, count: 20, sum: 5, values: null }]);
    const { values, ...counts } = render!.steps[0]!;
    assert.deepEqual([render?.unit, counts], ['us', { step: 0, count: 20, sum: 390_000 }]);
    assert.deepEqual([values?.min, values?.max, values?.sum], [10_000, 29_000, 390_000]);
    assert.equal(metricOf(measurements, 'page').steps[0]?.values?.max, 2048);
    assert.equal(metricOf(measurements, 'score').steps[0]?.values?.max, 250);
    for (const metric of measurements.metrics!) {
      const total = metric.series.reduce((sum, point) => sum + point.count, 0);
      assert.equal(total, metric.steps[0]?.count, metric.name);
    }
    const first = metricOf(measurements, 'is first');
    assert.deepEqual([first.kind, first.steps[0]?.sum, first.steps[0]?.count], ['check', 1, 20]);
    const [group] = measurements.failures;
    assert.deepEqual([group?.kind, group?.message, group?.count], ['check', 'is first', 19]);
    assert.match(group!.source!, /^script\.test\.ts:\d+:11$/);
    assert.match(group!.sourceText!, /^check\('is first'/);
    assert.equal(statsOf(measurements, 'shop').errors, 0);
  });

  const wrong: [string, string, RegExp][] = [
    ['less than nothing', "counter('x').add(-1)", /counter 'x': -1 is not a number from 0 on/],
    ['what is no number', "trend('x').add('many')", /is not a number from 0 on/],
    [
      'one name for two kinds',
      "counter('x').add(1); rate('x').add(1)",
      /the metric 'x' is a counter already/,
    ],
    [
      'an unknown unit',
      "trend('x', 'min')",
      /the unit of the trend 'x' is 'min': units are ms, s, us, bytes/,
    ],
    ['no name', "counter('').add(1)", /a metric has a name of 1 to 200 characters/],
    [
      'too many',
      "for (let n = 0; n < 101; n += 1) counter('c' + n).add(1)",
      /at most 100 metrics of its own: 'c100'/,
    ],
    ['a label without a function', "label('x')", /label takes a name and a function/],
    ['thinking backwards', 'await think(5, 1)', /think\(5, 1\): thinking takes milliseconds/],
    ['a data set that is not there', "data('nobody')", /\.marteau\.yml has no data set 'nobody'/],
  ];
  for (const [name, script, expected] of wrong) {
    it(`refuse ${name}`, async () => {
      const { failures } = await measure({
        script: `${imports}\ntest('wrong', async () => { ${script}; });`,
        steps: times(1),
      });
      assert.equal(failures.length, 1);
      assert.match(failures[0]!.message, expected);
      assert.match(failures[0]!.source!, /script\.test\.ts/);
    });
  }

  it('belong to users: outside of tests there are none', async () => {
    const { error } = await runScript({ script: `${imports}\nuser();` });
    assert.match(error!.message, /user\(\) of marteau belongs into a test or a hook/);
  });

  it('work in CommonJS, too', async () => {
    const measurements = await measure({
      files: {
        'script.test.cjs': `const { test } = require('node:test'); const { counter } = require('marteau');
          test('one', () => counter('n').add(2));`,
      },
      job: { script: 'script.test.cjs' },
      steps: times(3),
    });
    assert.equal(metricOf(measurements, 'n').steps[0]?.sum, 6);
  });

  it('add up over threads', async () => {
    const measurements = await measure({
      script: `${imports}\ntest('one', () => { counter('n').add(2); trend('t', 'ms').add(user()); });`,
      steps: times(5, 4),
      job: { threads: 2 },
    });
    const { count, sum } = metricOf(measurements, 'n').steps[0]!;
    assert.deepEqual([count, sum], [20, 40]);
    assert.equal(metricOf(measurements, 't').steps[0]?.values?.max, 3000);
  });
});

describe('users and iterations', () => {
  it('have numbers', async () => {
    const { stdout } = await runScript({
      script: `${imports}
        before(() => say(['before', user()]));
        test('a', () => say(['a', user(), iteration()]));
        test('b', () => say(['b', user(), iteration()]));`,
      steps: times(4),
    });
    assert.deepEqual(said(stdout), [
      ['before', 0],
      ['a', 0, 0],
      ['b', 0, 1],
      ['a', 0, 2],
      ['b', 0, 3],
    ]);
  });
});

describe('weights', () => {
  it('divide the iterations of each user, and of all at any time', async () => {
    const { stdout } = await runScript({
      script: `${imports}
        test('browse', weight(3), () => say(['browse', user()]));
        test('buy', { weight: 1 }, () => say(['buy', user()]));
        test('never', weight(0), () => say(['never', user()]));`,
      steps: [cycle(4, { rampMs: 0, durationMs: 20_000, iterations: { count: 8, per: 'user' } })],
      job: { threads: 2 },
    });
    const all = said(stdout) as [string, number][];
    for (const [user, own] of Map.groupBy(all, ([, n]) => n)) {
      const of = (test: string) => own.filter(([name]) => name === test).length;
      assert.deepEqual([of('browse'), of('buy'), of('never')], [6, 2, 0], `user ${user}`);
    }
    assert.equal(new Set(all.filter(([test]) => test === 'buy').map(([, n]) => n)).size, 4);
  });

  it('divide arrivals', async () => {
    const measurements = await measure({
      script: `${imports}
        test('browse', weight(3), () => {});
        test('buy', weight(1), () => {});`,
      steps: [cycle(1, { model: 'open', users: null, rate: { from: 80, to: 80 }, maxUsers: 10, rampMs: 0 })],
    });
    const [browse, buy] = ['browse', 'buy'].map((name) => statsOf(measurements, name).count);
    assert.equal(browse! + buy!, 80);
    assert.equal(buy, 20);
  });
});

describe('think', () => {
  it('takes its time, and none of the test’s', async () => {
    const measurements = await measure({
      script: `${imports}
        test('reads', async (t) => {
          await think(300);
          await t.test('on', () => think(100, 200));
        });`,
      steps: times(2),
    });
    const { time } = statsOf(measurements, 'reads');
    assert.ok(time.min < 200_000, `${time.min}`);
    assert.ok(statsOf(measurements, 'reads > on').time.min < 90_000);
    const [step] = measurements.steps;
    assert.ok(step!.end - step!.begin >= 800);
  });

  it('at the same time as other thoughts takes no more off than the longest', async () => {
    const measurements = await measure({
      script: `${imports}
        test('reads', () => Promise.all([think(200), think(200), new Promise((done) => setTimeout(done, 300))]));`,
      steps: times(2),
    });
    const { time } = statsOf(measurements, 'reads');
    assert.ok(time.min >= 50_000 && time.min < 200_000, `${time.min}`);
  });

  it('is left out in an open model, which is said', async () => {
    const measurements = await measure({
      script: `${imports}\ntest('reads', () => think(60_000));`,
      steps: [cycle(1, { model: 'open', users: null, rate: { from: 20, to: 20 }, maxUsers: 10, rampMs: 0 })],
    });
    assert.ok(statsOf(measurements, 'reads').count >= 15);
    assert.match(measurements.notes.join(), /think\(\) was left out/);
  });
});

describe('label', () => {
  it('counts requests under a name, those after an await, too', async () => {
    await using target = await startTargetServer();
    const measurements = await measure({
      script: `${imports}
        test('searches', async () => {
          await label('search', async () => { await fetch('/hello'); await fetch('/json?q=1'); });
          await fetch('/hello');
        });`,
      job: { target: target.url },
      steps: times(3),
    });
    assert.equal(statsOf(measurements, 'search').count, 6);
    assert.equal(statsOf(measurements, 'GET /hello').count, 3);
  });
});

const csv = 'name,password\nanna,"a,""1"""\nbert,b\ncora,c\n';
const set = (order: 'circular' | 'unique' | 'random', per: 'iteration' | 'user' = 'iteration') => ({
  data: { users: { file: 'data/users.csv', per, order } },
});

describe('data', () => {
  const script = `${imports}
    test('logs in', () => { const { name, password } = data('users'); say([user(), name, password, data('users').name]); });`;

  it('gives an iteration a row, in turn', async () => {
    const { stdout } = await runScript({
      files: { 'script.test.ts': script, 'data/users.csv': csv },
      options: set('circular'),
      steps: times(4),
    });
    const rows = [
      ['anna', 'a,"1"'],
      ['bert', 'b'],
      ['cora', 'c'],
      ['anna', 'a,"1"'],
    ];
    assert.deepEqual(
      said(stdout),
      rows.map(([name, password]) => [0, name, password, name]),
    );
  });

  it('gives a user a row for life, over threads too', async () => {
    const { stdout } = await runScript({
      files: { 'script.test.ts': script, 'data/users.csv': csv },
      options: set('circular', 'user'),
      steps: times(3, 3),
      job: { threads: 2 },
    });
    const byUser = Map.groupBy(said(stdout) as [number, string][], ([n]) => n);
    const names = [...byUser.values()].map((rows) => new Set(rows.map(([, name]) => name)));
    assert.ok(names.every(({ size }) => size === 1));
    assert.deepEqual(names.flatMap((each) => [...each]).sort(), ['anna', 'bert', 'cora']);
  });

  it('gives no row to two at a time', async () => {
    const measurements = await measure({
      files: {
        'script.test.ts': `${imports}
          import { setTimeout as sleep } from 'node:timers/promises';
          const held = (globalThis.held ??= new Set());
          test('holds', async () => {
            const { name } = data('users');
            check('is free', !held.has(name));
            held.add(name);
            await sleep(Math.random() * 5);
            held.delete(name);
          });`,
        'data/users.csv': csv,
      },
      options: set('circular'),
      steps: times(20, 3),
    });
    const { sum, count } = metricOf(measurements, 'is free').steps[0]!;
    assert.deepEqual([sum, count], [60, 60]);
  });

  it('uses each row once where it is unique, and says when none is left', async () => {
    const run = await runScript({
      files: { 'script.test.ts': script, 'data/users.csv': csv },
      options: set('unique'),
      steps: [cycle(1, { rampMs: 0 })],
    });
    assert.deepEqual(
      said(run.stdout).map((row) => (row as string[])[1]),
      ['anna', 'bert', 'cora'],
    );
    assert.match(run.measurements!.failures[0]!.message, /'users' has no row left, .*order: unique/);
  });

  it('uses each row once over threads, however many iterations each of them has', async () => {
    const rows = Array.from({ length: 40 }, (_, n) => `user${n},x`);
    const { measurements, stdout } = await runScript({
      files: { 'script.test.ts': script, 'data/users.csv': `name,password\n${rows.join('\n')}\n` },
      options: set('unique'),
      steps: times(10, 4),
      job: { threads: 3 },
    });
    assert.deepEqual(measurements?.failures, []);
    assert.equal(new Set(said(stdout).map((row) => (row as string[])[1])).size, 40);
  });

  it('has a row for each user of loads side by side, over threads too', async () => {
    const scenario = (index: number, test: string) =>
      cycle(1, { index, test, rampMs: 0, durationMs: 10_000, iterations: { count: 5, per: 'user' } });
    const { measurements, error } = await runScript({
      files: {
        'script.test.ts': `${imports}
          test('browse', () => data('users').name);
          test('buy', () => data('users').name);`,
        'data/users.csv': 'name\nanna\nbert\n',
      },
      options: set('circular', 'user'),
      steps: [scenario(0, 'browse'), scenario(1, 'buy')],
      job: { threads: 2 },
    });
    assert.equal(error, null);
    assert.deepEqual(measurements?.failures, []);
  });

  it('gives the rows of a user who was given up to whoever comes in its place', async () => {
    await using target = await startTargetServer();
    const stays = `${imports}
      test('stays', async () => { say([user(), iteration(), data('users').name, data('carts').name]); await fetch('/hang'); });`;
    const text = 'name\nanna\nbert\n';
    const { measurements, stdout } = await runScript({
      files: { 'script.test.ts': stays, 'data/users.csv': text, 'data/carts.csv': text },
      options: {
        data: {
          users: { file: 'data/users.csv', per: 'user', order: 'unique' },
          carts: { file: 'data/carts.csv', per: 'iteration', order: 'circular' },
        },
      },
      job: { target: target.url },
      steps: [0, 1].map((index) => cycle(2, { index, rampMs: 100, durationMs: 500 })),
    });
    assert.deepEqual(measurements?.failures, []);
    const rows = (said(stdout) as [number, number, string, string][]).map(([n, i, user]) => [n, i, user]);
    assert.deepEqual(rows.sort(), [
      [0, 0, 'anna'],
      [0, 1, 'anna'],
      [1, 0, 'bert'],
      [1, 1, 'bert'],
    ]);
  });

  it('draws with repetition where it is random', async () => {
    const { stdout } = await runScript({
      files: { 'script.test.ts': script, 'data/users.csv': csv },
      options: set('random'),
      steps: times(10, 5),
    });
    assert.equal(said(stdout).length, 50);
  });

  it('reads JSON', async () => {
    const { stdout } = await runScript({
      files: { 'script.test.ts': script, 'data/users.json': '[{"name": "dora", "password": {"a": 1}}]' },
      options: { data: { users: { file: 'data/users.json', per: 'iteration', order: 'circular' } } },
      steps: times(1),
    });
    assert.deepEqual(said(stdout), [[0, 'dora', { a: 1 }, 'dora']]);
  });

  const wrong: [string, string, RegExp, ReturnType<typeof times>?][] = [
    ['is not there', '', /data set 'users' \(data\/users\.csv\) cannot be used: there is no such file/],
    ['has no rows', 'name\n', /it has no rows/],
    ['has a line with too many fields', 'name\na\nb,c\n', /line 3 has 2 fields, and the header has 1/],
    ['has a stray quote', 'name\na"b\n', /line 2 has a quote that does not stand around a whole field/],
    ['has a column twice', 'a,a\n1,2\n', /two of its columns are called 'a'/],
    [
      'has fewer rows than users',
      'name\na\n',
      /it has 1 rows, and 2 users at a time need one each/,
      times(1, 2),
    ],
    [
      'has fewer rows than users of loads side by side',
      'name\na\nb\n',
      /it has 2 rows, and 4 users at a time need one each/,
      ['one', 'two'].map((test, index) => cycle(2, { index, test })),
    ],
  ];
  for (const [name, text, expected, steps] of wrong) {
    it(`that ${name} ends the run before it begins`, async () => {
      const { error } = await runScript({
        files: { 'script.test.ts': script, ...(text === '' ? {} : { 'data/users.csv': text }) },
        options: set('circular'),
        ...(steps ? { steps } : {}),
      });
      assert.match(error?.message ?? 'no error', expected);
    });
  }
});
