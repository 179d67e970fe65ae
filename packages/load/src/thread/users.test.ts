import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startTargetServer } from '@marteau/testkit';
import { cycle, measure, runScript, statsOf } from '../fixtures/run-script.ts';

const once = (count: number, users: number) =>
  cycle(users, { rampMs: 0, durationMs: 20_000, iterations: { count, per: 'user' } });

describe('users', () => {
  const kinds: [string, string, Record<string, string>][] = [
    ['an ES module', 'script.test.mjs', {}],
    ['TypeScript', 'script.test.ts', {}],
    ['CommonJS', 'script.test.cjs', {}],
    ['a .js file of a package of modules', 'script.test.js', { 'package.json': '{"type": "module"}' }],
    ['a .js file without a package', 'script.test.js', {}],
  ];
  for (const [kind, file, more] of kinds) {
    it(`have each an instance of their own of a script that is ${kind}`, async () => {
      const commonJs = file.endsWith('.cjs') || (file.endsWith('.js') && !more['package.json']);
      const imports = commonJs
        ? "const { before, test } = require('node:test'); const assert = require('node:assert'); const shared = require('shared');"
        : "import { before, test } from 'node:test'; import assert from 'node:assert'; import shared from 'shared';";
      const script = `
        ${imports}
        let token${file.endsWith('.ts') ? ': string | undefined' : ''};
        let mine = 0;
        before(() => { token = 'user ' + shared.tokens.size; shared.tokens.add(token); });
        test('keeps its own', async () => {
          mine += 1;
          const before = token;
          await new Promise((resolve) => setTimeout(resolve, 5));
          assert.equal(token, before);
          if (mine === 4) console.log('tokens', shared.tokens.size, 'passes', mine);
        });
      `;
      const files = {
        [file]: script,
        'node_modules/shared/package.json': '{"name": "shared", "main": "index.js"}',
        'node_modules/shared/index.js': 'module.exports = { tokens: new Set() };',
        ...more,
      };
      const { measurements, error, stdout } = await runScript({
        files,
        job: { script: file },
        steps: [once(4, 3)],
      });
      assert.equal(error, null);
      assert.deepEqual(measurements?.failures, []);
      assert.equal(statsOf(measurements!, 'keeps its own').count, 12);
      assert.deepEqual(stdout.trim().split('\n'), Array(3).fill('tokens 3 passes 4'));
    });
  }

  it('may import files of the project and packages of its node_modules', async () => {
    const files = {
      'load/script.test.ts': `
        import { test } from 'node:test';
        import { strict as assert } from 'assert';
        import { answer } from '../lib/answer.ts';
        import greet from 'greet';
        import data from './data.json' with { type: 'json' };
        import { helped } from './helper.ts';
        test('imports', () => { assert.deepEqual([answer, greet('you'), data.n], [42, 'hello you', 7]); });
        helped();
      `,
      'load/helper.ts':
        "import { test } from 'node:test'; export const helped = () => { test('from a helper', () => {}); };",
      'load/data.json': '{"n": 7}',
      'lib/answer.ts': 'export const answer: number = 42;',
      'node_modules/greet/package.json': '{"name": "greet", "main": "index.js"}',
      'node_modules/greet/index.js': "module.exports = (who) => 'hello ' + who;",
    };
    const { measurements, error, tests } = await runScript({
      files,
      job: { wdir: 'load' },
      steps: [once(4, 1)],
    });
    assert.equal(error, null);
    assert.deepEqual(tests, ['imports', 'from a helper']);
    assert.deepEqual(measurements?.failures, []);
  });

  it('come and go once per cycle, and what they do then is not recorded', async () => {
    await using target = await startTargetServer();
    const script = `
      import { after, before, describe, test } from 'node:test';
      before(() => fetch('/status/200?file=before'));
      after(() => fetch('/status/201?file=after'));
      describe('suite', () => {
        before(() => fetch('/status/202?suite=before'));
        after(() => fetch('/status/203?suite=after'));
        test('hello', () => fetch('/hello'));
      });
    `;
    const measurements = await measure({
      script,
      job: { target: target.url },
      steps: [cycle(3), cycle(2, { index: 1 })],
    });
    for (const status of [200, 201, 202, 203])
      assert.equal(target.seen.byPath.get(`/status/${status}`), 5, `${status}`);
    assert.deepEqual(measurements.labels.map(({ name }) => name).sort(), ['GET /hello', 'suite > hello']);
  });

  it('come again after a second when a before hook throws, and that is counted', async () => {
    const script = `
      import { before, test } from 'node:test';
      let tries = 0;
      before(() => { tries += 1; if (tries < 3) throw new Error('not yet'); });
      test('works', () => {});
    `;
    const measurements = await measure({ script, steps: [cycle(1, { durationMs: 3000 })] });
    assert.ok(statsOf(measurements, 'works').count > 0);
    const [group, ...others] = measurements.failures;
    assert.deepEqual([group?.test, group?.message, group?.count, others.length], ['before', 'not yet', 2, 0]);
    assert.match(group?.source ?? '', /^script\.test\.ts:4:/);
  });

  it('who cannot finish their iterations make the step as long as it was planned', async () => {
    await using target = await startTargetServer();
    const script = `
      import { test } from 'node:test';
      import { user } from 'marteau';
      test('asks', () => fetch(user() === 0 ? '/hang' : '/hello'));
    `;
    const iterations = { count: 10, per: 'all' } as const;
    const asked = await measure({
      script,
      job: { target: target.url },
      steps: [cycle(2, { rampMs: 0, durationMs: 2000, iterations })],
    });
    assert.deepEqual([asked.steps[0]?.begin, asked.steps[0]?.end], [0, 2000]);
    const { count, unfinished } = statsOf(asked, 'asks');
    assert.deepEqual([count, unfinished], [9, 1]);

    const nobody = await measure({
      script:
        "import { before, test } from 'node:test'; before(() => { throw new Error('no way in'); }); test('never', () => {});",
      steps: [cycle(2, { rampMs: 0, durationMs: 2000, iterations })],
    });
    assert.deepEqual([nobody.steps[0]?.begin, nobody.steps[0]?.end], [0, 2000]);
    assert.deepEqual(nobody.notes, []);
  });

  it('share instances from the thousandth of a thread on, which is said', async () => {
    const script = "import { test } from 'node:test'; test('is there', () => {});";
    const many = await measure({ script, steps: [once(1, 1001)] });
    assert.equal(statsOf(many, 'is there').count, 1001);
    assert.match(many.notes.join(), /More than 1000 users of a thread share instances of the script/);
    const few = await measure({ script, steps: [once(1, 5)] });
    assert.deepEqual(few.notes, []);
  });

  it('are divided over threads exactly', async () => {
    await using target = await startTargetServer();
    const script = `
      import { before, test } from 'node:test';
      before(() => fetch('/status/202'));
      test('hello', () => fetch('/hello'));
    `;
    const steps = [cycle(5, { rampMs: 0, durationMs: 20_000, iterations: { count: 101, per: 'all' } })];
    const measurements = await measure({ script, job: { target: target.url, threads: 3 }, steps });
    assert.equal(measurements.generator.threads, 3);
    assert.equal(target.seen.byPath.get('/status/202'), 5);
    assert.equal(target.seen.byPath.get('/hello'), 101);
    const { count, time } = statsOf(measurements, 'hello');
    assert.deepEqual([count, time.count], [101, 101]);
    const [step] = measurements.steps;
    assert.ok(step!.complete && step!.end < 20_000);
  });

  it('of several shares sum up exactly', async () => {
    await using target = await startTargetServer();
    const script =
      "import { before, test } from 'node:test'; before(() => fetch('/status/202')); test('hello', () => fetch('/hello'));";
    const steps = [cycle(7, { rampMs: 0, durationMs: 20_000, iterations: { count: 100, per: 'all' } })];
    const shares = await Promise.all(
      [0, 1, 2].map((index) =>
        measure({ script, job: { target: target.url, threads: 2, share: { index, of: 3 } }, steps }),
      ),
    );
    assert.equal(target.seen.byPath.get('/status/202'), 7);
    assert.equal(target.seen.byPath.get('/hello'), 100);
    assert.deepEqual(
      shares.map((share) => statsOf(share, 'hello').count),
      [34, 33, 33],
    );
  });

  it('ramp up and down in a step of the closed model', async () => {
    const script =
      "import { test } from 'node:test'; test('waits', () => new Promise((done) => setTimeout(done, 20)));";
    const ramp = (from: number, to: number, index: number) =>
      cycle(0, { index, users: { from, to }, rampMs: 0, durationMs: 2000 });
    const measurements = await measure({ script, steps: [ramp(0, 8, 0), ramp(8, 8, 1), ramp(8, 0, 2)] });
    const users = measurements.load.map((point) => point.users);
    assert.deepEqual(
      measurements.steps.map(({ begin, end }) => [begin, end]),
      [
        [0, 2000],
        [2000, 4000],
        [4000, 6000],
      ],
    );
    // How many there are at a moment of a ramp is the plan's tests' business: here a busy machine may look late.
    const sorted = (list: readonly number[]) => list.toSorted((a, b) => a - b);
    assert.deepEqual(users.slice(2, 4), [8, 8]);
    assert.deepEqual(users.slice(0, 4), sorted(users.slice(0, 4)), `${users}`);
    assert.deepEqual(users.slice(3), sorted(users.slice(3)).reverse(), `${users}`);
    assert.ok(users[0]! < 8 && users[4]! < 8, `${users}`);
    assert.ok(statsOf(measurements, 'waits', 1).count > statsOf(measurements, 'waits', 0).count);
  });
});

it('each iteration begins with the cookies that before left, and forgets its own', async () => {
  await using target = await startTargetServer();
  const script = `import { before, test } from 'node:test';
import assert from 'node:assert/strict';
const session = async () => (await (await fetch('/me')).json()).session;
let own;
before(async () => { own = (await (await fetch('/login')).json()).session; });
test('shops', async () => {
  assert.equal(await session(), own);
  const other = (await (await fetch('/login')).json()).session;
  assert.equal(await session(), other);
});
`;
  const { failures, labels } = await measure({
    script,
    job: { target: target.url },
    steps: [once(5, 2)],
  });
  assert.deepEqual(failures, []);
  assert.equal(labels.find(({ name }) => name === 'shops')?.steps[0]?.count, 10);
});
