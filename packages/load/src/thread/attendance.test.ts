import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Measurements } from '@marteau/measure';
import type { Stage } from '@marteau/shared';
import { createTempFolder, startTargetServer } from '@marteau/testkit';
import { cycle, measure } from '../fixtures/run-script.ts';

/** Only the first user gets in, as where logins are limited. `way` decides how the others fail. */
const scriptOf = (way: string) => `import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
const isFirst = () => { appendFileSync(process.env.LIST, '.'); return readFileSync(process.env.LIST, 'utf8') === '.'; };
${way}
test('visits', async () => { await (await fetch('/hello')).text(); });
`;

const ways: Record<string, { script: string; hook: string; message: RegExp }> = {
  'before throws': {
    script: scriptOf("before(() => assert.ok(isFirst(), 'login, 429'));"),
    hook: 'before',
    message: /^login, 429$/,
  },
  'a top-level await throws': {
    script: scriptOf("if (!isFirst()) throw await Promise.resolve(new Error('login, 429'));"),
    hook: 'load',
    message: /login, 429/,
  },
  'before hangs': {
    script: scriptOf("before(() => isFirst() || fetch('/hang'));"),
    hook: 'before',
    message: /has not ended after [56] s/,
  },
};

const stages: Record<string, Stage> = {
  'a closed stage': cycle(5, { rampMs: 0, durationMs: 5500 }),
  'an open stage': cycle(1, {
    model: 'open',
    users: null,
    rate: { from: 10, to: 10 },
    maxUsers: 5,
    rampMs: 0,
    durationMs: 5500,
  }),
};

describe('users that never begin', { concurrency: 3 }, () => {
  for (const [stage, plan] of Object.entries(stages))
    for (const [way, { script, hook, message }] of Object.entries(ways))
      it(`are counted in ${stage} where ${way}, and why is a failure of its own`, async () => {
        await using target = await startTargetServer();
        const measurements = await measureWith(script, target.url, plan);
        const { users, neverBegan, userFailures } = startsOf(measurements);
        assert.equal(neverBegan, users - 1, JSON.stringify(startsOf(measurements)));
        assert.ok(users > 1);
        assert.ok(measurements.failures.length > 0);
        for (const group of measurements.failures) {
          assert.equal(group.hook, hook);
          assert.match(group.message, message, 'what ends with its user is no failure of its own');
        }
        assert.equal(
          userFailures,
          measurements.failures.reduce((sum, { count }) => sum + count, 0),
        );
      });

  it('leave again, which is counted where it fails', async () => {
    await using target = await startTargetServer();
    const script = scriptOf("after(() => assert.fail('no goodbye'));");
    const measurements = await measureWith(script, target.url, cycle(3, { durationMs: 500 }));
    assert.deepEqual(startsOf(measurements), {
      planned: 0,
      dropped: 0,
      users: 3,
      neverBegan: 0,
      userFailures: 3,
    });
    assert.deepEqual(
      measurements.failures.map(({ hook, test, message, count }) => [hook, test, message, count]),
      [['after', 'after', 'no goodbye', 3]],
    );
  });

  const hanging: [string, string, Stage][] = [
    ['a promise', 'new Promise(() => {})', cycle(2, { durationMs: 500 })],
    ['a request', "fetch('/hang')", cycle(2, { durationMs: 500 })],
    ['a request', "fetch('/hang')", { ...stages['an open stage']!, maxUsers: 2, durationMs: 1000 }],
  ];
  for (const [what, hook, stage] of hanging)
    it(`do not leave where ${what} hangs in their after hook, which is counted once: ${stage.model}`, async () => {
      await using target = await startTargetServer();
      const measurements = await measureWith(scriptOf(`after(() => ${hook});`), target.url, stage);
      assert.deepEqual(
        measurements.failures.map(({ hook, message, count }) => [hook, message, count]),
        [['after', 'has not ended after 2 s', 2]],
      );
      assert.equal(startsOf(measurements).userFailures, 2);
    });

  it('try again while their stage lasts, with a pause that grows', async () => {
    await using target = await startTargetServer();
    const measurements = await measureWith(
      ways['before throws']!.script,
      target.url,
      cycle(2, { rampMs: 0, durationMs: 4500 }),
    );
    // One at once, one after 1 s, one after 2 s more; the next would be 4 s later.
    assert.equal(startsOf(measurements).userFailures, 3);
  });

  it('of a suite alone do the tests outside of it', async () => {
    await using target = await startTargetServer();
    const script = `import { after, before, describe, test } from 'node:test';
describe('members', () => {
  before(() => { throw new Error('no login'); });
  after(() => console.log('members after'));
  test('cart', async () => { await (await fetch('/hello')).text(); });
});
test('home', async () => { await (await fetch('/hello')).text(); });
`;
    const measurements = await measureWith(script, target.url, cycle(1, { durationMs: 500 }));
    const tests = measurements.labels.filter(({ kind }) => kind === 'test').map(({ name }) => name);
    assert.deepEqual(tests, ['home']);
    assert.deepEqual(
      measurements.failures.map(({ hook, test, message }) => [hook, test, message]),
      [['before', 'members > before', 'no login']],
    );
    assert.equal(startsOf(measurements).neverBegan, 0);
  });
});

describe('users that missed a suite', { concurrency: 2 }, () => {
  const script = `import { before, describe, test } from 'node:test';
let tries = 0;
before(() => fetch('/status/200?of=file').then((r) => r.text()));
describe('members', () => {
  before(() => { if (++tries < 2) throw new Error('login, 429'); });
  test('cart', async () => { await (await fetch('/slow?ms=20')).text(); });
});
test('home', async () => { await (await fetch('/slow?ms=20')).text(); });
`;
  for (const [stage, plan] of Object.entries(stages))
    it(`try again in ${stage} while they do the rest, and do its tests from then on`, async () => {
      await using target = await startTargetServer();
      const measurements = await measureWith(script, target.url, plan);
      const tests = measurements.labels.filter(({ kind }) => kind === 'test').map(({ name }) => name);
      assert.deepEqual(tests.sort(), ['home', 'members > cart']);
      const { users, neverBegan } = startsOf(measurements);
      assert.equal(neverBegan, 0);
      const [group, ...others] = measurements.failures;
      assert.deepEqual([group?.hook, group?.message, others.length], ['before', 'login, 429', 0]);
      assert.ok(users >= 1 && group!.count >= users, 'each failed once');
    });
});

describe('starts at a rate', () => {
  it('are counted as planned, and as dropped where nobody is free', async () => {
    await using target = await startTargetServer();
    const script = `import { test } from 'node:test';
test('waits', async () => { await (await fetch('/slow?ms=1000')).text(); });
`;
    const stage = cycle(1, {
      model: 'open',
      users: null,
      rate: { from: 10, to: 10 },
      maxUsers: 1,
      rampMs: 0,
      durationMs: 3000,
    });
    const { planned, dropped } = startsOf(await measureWith(script, target.url, stage));
    assert.equal(planned, 30);
    assert.ok(dropped >= 25 && dropped <= 29, `${dropped} dropped`);
  });
});

async function measureWith(script: string, target: string, stage: Stage): Promise<Measurements> {
  await using folder = await createTempFolder();
  return await measure({ script, steps: [stage], job: { target, env: { LIST: `${folder.path}/list` } } });
}

function startsOf({ steps }: Measurements) {
  const { starts } = steps[0]!;
  assert.ok(starts);
  return starts;
}
