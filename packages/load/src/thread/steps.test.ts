import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type MarteauFile, oncePlan, resolveFile } from '@marteau/file';
import type { Plan } from '@marteau/shared';
import { startTargetServer } from '@marteau/testkit';
import { cycle, measure, runScript, statsOf } from '../fixtures/run-script.ts';

/** The plan of a file, with the choices of a form. */
function planOf(file: Partial<MarteauFile>, choices: Parameters<typeof resolveFile>[1] = {}): Plan {
  const read = resolveFile({ script: 'script.test.ts', ...file }, choices);
  if (!read.file) throw new Error(read.problems.map(({ what }) => what).join('; '));
  return read.file.load.plan;
}

const script = `
  import { test } from 'node:test';
  test('browse', async () => { await fetch('/hello'); await new Promise((done) => setTimeout(done, 10)); });
  test('buy', () => fetch('/json'));
`;

describe('steps of the load', () => {
  it('warm up unrecorded, pause, go from users to a rate, and end after so many iterations', async () => {
    await using target = await startTargetServer();
    const plan = planOf({
      warmup: '1s',
      load: [
        { users: 2, for: '1s', ramp: 0 },
        { pause: '1s' },
        { rate: '20/s', for: '2s', maxUsers: 5 },
        { users: 3, iterations: { count: 4, per: 'user' }, ramp: 0 },
        { users: 3, iterations: 10, ramp: 0 },
      ],
    });
    const measurements = await measure({ script, job: { target: target.url }, steps: plan.steps });
    assert.equal(measurements.model, 'mixed');
    const recorded = measurements.steps.filter((step) => step.plan.recorded);
    assert.deepEqual(
      recorded.map(({ plan: { name } }) => name),
      ['2 users', '20/s', '3 users', '3 users'],
    );
    const both = (step: number) =>
      statsOf(measurements, 'browse', step).count + statsOf(measurements, 'buy', step).count;
    const [closed, open, perUser, shared] = recorded.map(({ plan: { index } }) => index);
    assert.ok(both(closed!) > 10);
    const offered = measurements.load.reduce((sum, point) => sum + point.offered, 0);
    assert.equal(offered, 40);
    assert.ok(both(open!) <= 40 && both(open!) > 20);
    assert.equal(both(perUser!), 12);
    assert.equal(both(shared!), 10);
    const [first, second] = recorded;
    assert.ok(second!.begin - first!.end >= 1000, 'nobody is there during the pause');
    assert.throws(() => statsOf(measurements, 'browse', 0), 'the warm-up is in no statistic');
  });

  it('of different tests run side by side', async () => {
    await using target = await startTargetServer();
    const plan = planOf({
      load: {
        browse: [
          { users: 2, for: '1s', ramp: 0 },
          { users: 4, for: '1s', ramp: 0 },
        ],
        buy: [{ rate: '10/s', for: '2s', maxUsers: 3 }],
      },
    });
    const measurements = await measure({ script, job: { target: target.url }, steps: plan.steps });
    assert.deepEqual(measurements.steps.map(({ plan: { test }, begin, end }) => [test, begin, end]).sort(), [
      ['browse', 0, 1000],
      ['browse', 1000, 2000],
      ['buy', 0, 2000],
    ]);
    const counted = measurements.labels
      .filter(({ kind }) => kind === 'test')
      .map(({ name, steps }) => [name, steps.map(({ step }) => step)]);
    assert.deepEqual(counted.sort(), [
      ['browse', [0, 1]],
      ['buy', [2]],
    ]);
    const bought = target.seen.byPath.get('/json')!;
    assert.ok(bought >= 15 && bought <= 20, `${bought}`);
  });

  it('side by side have users of their own, with numbers and instances of the script of their own', async () => {
    const plan = planOf({
      load: {
        browse: [{ users: 3, iterations: { count: 4, per: 'user' }, ramp: 0 }],
        buy: [{ users: 2, iterations: { count: 4, per: 'user' }, ramp: 0 }],
      },
    });
    const { measurements, stdout } = await runScript({
      script: `
        import { test } from 'node:test';
        import assert from 'node:assert';
        import { iteration, user } from 'marteau';
        const mine = new Set();
        const own = (t) => {
          mine.add(t.name);
          assert.equal(mine.size, 1);
          if (iteration() === 0) console.log(t.name, user());
        };
        test('browse', own);
        test('buy', own);
      `,
      steps: plan.steps,
    });
    assert.deepEqual(measurements?.failures, []);
    assert.deepEqual(stdout.trim().split('\n').sort(), [
      'browse 0',
      'browse 1',
      'browse 2',
      'buy 3',
      'buy 4',
    ]);
  });

  it('are those of the profile and the overrides that were chosen', () => {
    const file = {
      load: [{ users: 50, for: '5m' }],
      profiles: { smoke: { load: [{ users: 2, for: '10s' }] } },
    };
    const names = (choices: Parameters<typeof resolveFile>[1]) =>
      planOf(file, choices).steps.map(({ name, durationMs }) => [name, durationMs]);
    assert.deepEqual(names({}), [['50 users', 300_000]]);
    assert.deepEqual(names({ profile: 'smoke' }), [['2 users', 10_000]]);
    assert.deepEqual(names({ profile: 'smoke', overrides: { cycles: '3:4', duration: '5s' } }), [
      ['3 users', 5000],
      ['4 users', 5000],
    ]);
  });

  it('are one when a script is tried once: a user does each test in turn, whatever its weight', async () => {
    const { measurements, stdout } = await runScript({
      script: `
        import { before, test } from 'node:test';
        import { user, weight } from 'marteau';
        let did = [];
        before(() => console.log('comes'));
        test('logs in', weight(9), () => { did.push(user()); });
        test('buys', weight(1), () => { did.push(user()); console.log(did.join()); });
        test.skip('pays', () => {});
      `,
      job: { trace: true },
      steps: oncePlan(['logs in', 'buys']).steps,
    });
    assert.deepEqual(measurements?.failures, []);
    assert.equal(stdout, 'comes\n0,0\n');
    for (const name of ['logs in', 'buys']) assert.equal(statsOf(measurements!, name).count, 1);
  });

  it('tell of every request and answer when a script is tried once', async () => {
    await using target = await startTargetServer();
    const { messages, measurements } = await runScript({
      script: `
        import { before, test } from 'node:test';
        before(() => fetch('/login'));
        test('browse', async () => { await fetch('/hello'); await fetch('/status/404?token=very-secret');
          await fetch('/echo', { method: 'POST', body: JSON.stringify({ pin: 'very-secret', more: 'x'.repeat(5000) }) });
          await fetch('/echo', { method: 'POST', body: new Uint8Array([255, 0]) });
          const headers = { authorization: 'Bearer hunter22-Zx9', cookie: 'sid=hunter22-Zx9' };
          await fetch('/echo', { method: 'POST', headers, body: JSON.stringify({ user: 'ana', password: 'hunter22-Zx9' }) });
          await fetch('/echo', { method: 'POST', body: new URLSearchParams({ user: 'ana', password: 'hunter22-Zx9' }) }); });
      `,
      job: { target: target.url, trace: true, secrets: ['very-secret'] },
      steps: [cycle(1, { rampMs: 0, durationMs: 20_000, iterations: { count: 1, per: 'all' } })],
    });
    const told = messages.filter((message) => message.type === 'exchange');
    assert.deepEqual(
      told.map(({ test, label, outcome }) => [test, label, outcome]),
      [
        ['', 'GET /login', '200'],
        ['browse', 'GET /hello', '200'],
        ['browse', 'GET /status/:id', '404'],
        ...Array.from({ length: 4 }, () => ['browse', 'POST /echo', '200']),
      ],
    );
    assert.match(told[1]!.text, /^http:\/\/127\.0\.0\.1:\d+\/hello\n\nGET \/hello HTTP\/1\.1\n/);
    assert.match(told[1]!.text, /HTTP\/1\.1 200 OK\n[\s\S]*hello world/);
    assert.ok(!told[2]!.text.includes('very-secret'));
    // What was sent is shown, masked and cut; of what is no text only how much it was.
    assert.match(told[3]!.text, /\n\n\{"pin":"\*\*\*","more":"x{900,1000}…\n\nHTTP/);
    assert.match(told[4]!.text, /\n\n\(2 bytes\)\n\nHTTP/);
    // What is secret by its name nobody has to name, as in a recording.
    assert.match(told[5]!.text, /uthorization: Bearer \*\*\*\n/);
    assert.match(told[5]!.text, /ookie: sid=\*\*\*\n/);
    assert.match(told[5]!.text, /\{"user":"ana","password":"\*\*\*"\}/);
    assert.match(told[6]!.text, /user=ana&password=\*\*\*/);
    for (const { text } of told) assert.ok(!text.includes('hunter22-Zx9'), text);
    assert.equal(statsOf(measurements!, 'browse').count, 1);
  });
});
