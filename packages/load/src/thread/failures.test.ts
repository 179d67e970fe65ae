import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startTargetServer } from '@marteau/testkit';
import { cycle, measure, runScript, statsOf } from '../fixtures/run-script.ts';

const few = cycle(2, { rampMs: 0, durationMs: 20_000, iterations: { count: 6, per: 'user' } });

describe('failures', () => {
  it('are grouped by test, message and line of the script, and the users go on', async () => {
    await using target = await startTargetServer();
    const script = [
      "import { test } from 'node:test';",
      "import assert from 'node:assert/strict';",
      "import { check } from './lib/check.ts';",
      "test('status', async () => {",
      "  const response = await fetch('/status/503');",
      '  assert.equal(response.status, 200);',
      '});',
      "test('subtest', async (t) => {",
      "  await t.test('inner', async () => {",
      "    await fetch('/hello');",
      "    throw new TypeError('user ' + Date.now() + ' is unknown');",
      '  });',
      '});',
      "test('helper', () => check(3));",
    ].join('\n');
    const files = { 'lib/check.ts': "\nexport const check = (n: number) => { throw 'thrown ' + n; };\n" };
    const { measurements, messages } = await runScript({
      script,
      files,
      job: { target: target.url },
      steps: [few],
    });
    const { failures } = measurements!;
    const found = failures.map(({ kind, test, label, message, source, sourceText, count }) => ({
      kind,
      test,
      label,
      message,
      source,
      sourceText,
      count,
    }));
    assert.deepEqual(
      found.sort((a, b) => a.test.localeCompare(b.test)),
      [
        {
          kind: 'failure',
          test: 'helper',
          label: '',
          message: 'thrown 3',
          source: 'script.test.ts:14:1',
          sourceText: "test('helper', () => check(3));",
          count: 4,
        },
        {
          kind: 'error',
          test: 'status',
          label: 'GET /status/:id',
          message: '503 Service Unavailable',
          source: null,
          sourceText: null,
          count: 4,
        },
        {
          kind: 'failure',
          test: 'status',
          label: '',
          message: 'Expected values to be strictly equal:\n\n503 !== 200\n',
          source: 'script.test.ts:6:10',
          sourceText: 'assert.equal(response.status, 200);',
          count: 4,
        },
        {
          kind: 'failure',
          test: 'subtest > inner',
          label: '',
          message: 'TypeError: user N is unknown',
          source: 'script.test.ts:11:11',
          sourceText: "throw new TypeError('user ' + Date.now() + ' is unknown');",
          count: 4,
        },
      ],
    );
    for (const name of ['status', 'subtest', 'subtest > inner', 'helper']) {
      const { count, errors } = statsOf(measurements!, name);
      assert.deepEqual([name, count, errors], [name, 4, 4]);
    }
    const firsts = messages.filter((message) => message.type === 'failure');
    assert.equal(firsts.length, 4);
    const error = failures.find(({ kind }) => kind === 'error')!;
    assert.deepEqual(error.byStep, { 0: 4 });
    assert.match(
      error.samples[0]!.detail,
      /GET \/status\/503 HTTP\/1\.1[\s\S]*HTTP\/1\.1 503 Service Unavailable[\s\S]*status 503/,
    );
    assert.deepEqual([...new Set(error.samples.map(({ user }) => user))].sort(), [0, 1]);
  });

  it('are counted by step where they were recorded, and in all with those before and after', async () => {
    await using target = await startTargetServer();
    const measurements = await measure({
      script: `
        import { after, test } from 'node:test';
        after(() => { throw new Error('cannot go'); });
        test('fails', async () => { await fetch('/status/500'); await new Promise((done) => setTimeout(done, 20)); throw new Error('no'); });`,
      job: { target: target.url },
      steps: [
        cycle(2, { recorded: false, rampMs: 0 }),
        cycle(2, { index: 1, rampMs: 0 }),
        cycle(2, { index: 2, rampMs: 500 }),
      ],
    });
    const group = (kind: string) => measurements.failures.find((each) => each.kind === kind)!;
    const counted = (name: string) => [1, 2].map((step) => [step, statsOf(measurements, name, step).errors]);
    assert.deepEqual(group('error').byStep, Object.fromEntries(counted('GET /status/:id')));
    assert.equal(group('error').count, target.seen.requests);
    const failed = measurements.failures.find(({ message }) => message === 'no');
    assert.deepEqual(failed?.byStep, Object.fromEntries(counted('fails')));
    const left = measurements.failures.find(({ message }) => message === 'cannot go');
    assert.deepEqual([left?.count, left?.byStep], [4, {}]);
  });

  it('name the line that awaited a request without an answer', async () => {
    await using target = await startTargetServer();
    const script = [
      "import { test } from 'node:test';",
      'const open = async (path: string) => {',
      '  const response = await fetch(path);',
      '  return response.text();',
      '};',
      "test('reset', async () => {",
      "  await open('/reset');",
      '});',
      "test('cut off', async () => {",
      "  await open('/drop');",
      '});',
    ].join('\n');
    const measurements = await measure({ script, job: { target: target.url }, steps: [few] });
    const lines = new Map(
      measurements.failures.filter(({ kind }) => kind === 'failure').map((group) => [group.test, group]),
    );
    assert.equal(lines.get('reset')?.source, 'script.test.ts:3:20');
    assert.match(lines.get('reset')!.message, /^TypeError: fetch failed: .*ECONNRESET/);
    assert.match(
      lines.get('reset')!.samples[0]!.detail,
      /at async open \(script\.test\.ts:3:20\)\n {4}at async script\.test\.ts:7:3/,
    );
    assert.match(
      lines.get('cut off')!.message,
      /^TypeError: terminated: the connection was closed in the middle of the answer/,
    );
    assert.deepEqual(statsOf(measurements, 'GET /reset').outcomes, { ECONNRESET: 6 });
    assert.deepEqual(statsOf(measurements, 'GET /drop').outcomes, { closed: 6 });
  });

  it('show no secret', async () => {
    await using target = await startTargetServer();
    const script = `
      import { test } from 'node:test';
      test('leaks', async () => {
        await fetch('/status/500?token=' + process.env.TOKEN, { headers: { authorization: 'Bearer ' + process.env.TOKEN } });
        throw new Error('my token is ' + process.env.TOKEN);
      });
    `;
    const job = { target: target.url, env: { TOKEN: 'hunter22' }, secrets: ['hunter22'] };
    const measurements = await measure({ script, job, steps: [few] });
    assert.doesNotMatch(JSON.stringify(measurements), /hunter22/);
    assert.match(JSON.stringify(measurements.failures), /my token is \*\*\*/);
  });

  it('that are expected are none', async () => {
    await using target = await startTargetServer();
    const script = `
      import { test } from 'node:test';
      test('one', () => fetch('/status/404'));
      test('other', () => fetch('/status/410'));
      test('todo', { todo: true }, () => { throw new Error('known'); });
    `;
    const measurements = await measure({
      script,
      job: { target: target.url },
      options: { expected: [404] },
      steps: [few],
    });
    const requests = statsOf(measurements, 'GET /status/:id');
    assert.deepEqual(
      [requests.outcomes, requests.errors, requests.errorTime?.count],
      [{ 404: 4, 410: 4 }, 4, 4],
    );
    assert.equal(statsOf(measurements, 'todo').errors, 0);
    assert.deepEqual(
      measurements.failures.map(({ message }) => message),
      ['410 Gone'],
    );
  });

  it('of endless kinds are kept to 200 groups', async () => {
    const script = `
      import { test } from 'node:test';
      let n = 0;
      test('varied', () => { n += 1; throw new Error('kind ' + String(n).split('').map((d) => 'abcdefghij'[d]).join('')); });
    `;
    const steps = [cycle(1, { rampMs: 0, durationMs: 20_000, iterations: { count: 1000, per: 'user' } })];
    const { failures } = await measure({ script, steps });
    assert.ok(failures.length <= 200);
    assert.equal(
      failures.reduce((sum, { count }) => sum + count, 0),
      1000,
    );
    assert.match(failures[0]!.message, /other failures/);
  });
});
