import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cycle, measure, runScript, type ScriptRun, statsOf } from '../fixtures/run-script.ts';

/** Name of the case, the run, and what its error says. */
const refusals: [string, ScriptRun, RegExp][] = [
  [
    'is not there',
    { files: { 'other.test.ts': '' } },
    /names the script script\.test\.ts, and the repository has no such file/,
  ],
  [
    'lies outside of the repository',
    { script: '', job: { script: '../../../../../etc/passwd' } },
    /outside|no such file/,
  ],
  [
    'throws when it is imported',
    { script: "import 'node:test';\n\nthrow new Error('no luck');\n" },
    /threw at script\.test\.ts:3:7 when it was loaded: no luck/,
  ],
  [
    'throws in an async describe',
    {
      script:
        "import { describe } from 'node:test';\ndescribe('x', async () => {\n  await 1;\n  throw new Error('late');\n});",
    },
    /threw at script\.test\.ts:4:9 when it was loaded: late/,
  ],
  [
    'rejects with nobody to catch it',
    { script: "import 'node:test';\nPromise.reject(new Error('lost'));" },
    /threw at script\.test\.ts:2:16 .*: lost/,
  ],
  [
    'has a mistake of syntax',
    { script: "import { test } from 'node:test';\nlet let = 1;\n" },
    /threw at script\.test\.ts:2.* when it was loaded: SyntaxError/,
  ],
  [
    'has a mistake of TypeScript',
    { script: "import { test } from 'node:test';\nenum A { B }\n" },
    /threw at script\.test\.ts.* when it was loaded: .*enum/,
  ],
  [
    'imports a package that is not there',
    { script: "import 'nosuchpackage';\n" },
    /threw at script\.test\.ts.* when it was loaded: .*Cannot find package 'nosuchpackage' imported from script\.test\.ts/,
  ],
  ['has no tests', { script: "import 'node:test';" }, /script script\.test\.ts has no test that can be run/],
  [
    'has only skipped tests',
    { script: "import { test } from 'node:test'; test.skip('x', () => {}); test('y');" },
    /no test that can be run/,
  ],
  [
    'lacks the named test',
    { script: "import { test } from 'node:test'; test('x', () => {});", job: { test: 'y' } },
    /has no test 'y'\. It has: 'x'/,
  ],
  [
    'exits when it is imported',
    { script: "import 'node:test';\nprocess.exit(0);" },
    /ended its own process: process\.exit was called at script\.test\.ts:2:9/,
  ],
  [
    'kills its process',
    { script: "import { test } from 'node:test';\ntest('x', () => process.kill(process.pid, 'SIGKILL'));" },
    /ended without a result: it was killed by SIGKILL/,
  ],
  [
    'is never loaded',
    { script: "import 'node:test';\nawait new Promise(() => {});", job: { limits: { loadMs: 1000 } } },
    /script script\.test\.ts was not loaded within 1 s/,
  ],
  [
    'loops in a test',
    {
      script: "import { test } from 'node:test';\ntest('spins', () => {\n  for (;;);\n});",
      job: { limits: { stuckMs: 1500 } },
    },
    /busy for more than 1\.5 s .*: test 'spins', at script\.test\.ts:3/,
  ],
  [
    'takes all memory',
    {
      script:
        "import { test } from 'node:test';\nconst kept = [];\ntest('grows', () => { for (let i = 0; i < 1e6; i++) kept.push(Array(100).fill(i)); });",
      job: { limits: { heapMb: 64 } },
    },
    /ran out of memory/,
  ],
];

describe('a script that', () => {
  for (const [name, run, expected] of refusals) {
    it(`${name} ends in an error that says so`, async () => {
      const { error, measurements } = await runScript(run);
      assert.equal(measurements, null);
      assert.match(error?.message ?? 'no error', expected);
      assert.doesNotMatch(error?.message ?? '', /\?user=|\/tmp\//);
    });
  }

  it('loops when it is imported ends in an error that says where', async () => {
    const script = "import 'node:test';\n\nfor (;;);";
    // A machine may need all of the time for the start of the process: then it gets more.
    for (const loadMs of [3000, 12_000, 48_000]) {
      const { error, measurements } = await runScript({ script, job: { limits: { loadMs } } });
      assert.equal(measurements, null);
      assert.match(error?.message ?? '', new RegExp(`not loaded within ${loadMs / 1000} s`));
      if (/: it was at script\.test\.ts:3/.test(error!.message)) return;
    }
    assert.fail('never said where it was');
  });

  it('calls process.exit in a test fails that test, and the users go on', async () => {
    const script =
      "import { test } from 'node:test';\ntest('quits', () => {\n  process.exit(3);\n});\ntest('stays', () => {});";
    const measurements = await measure({ script });
    const quits = statsOf(measurements, 'quits');
    assert.ok(quits.count > 10 && quits.errors === quits.count);
    assert.ok(statsOf(measurements, 'stays').count > 10);
    const [group, ...others] = measurements.failures;
    assert.deepEqual(others, []);
    assert.match(group!.message, /process\.exit\(3\) was called/);
    assert.equal(group!.source, 'script.test.ts:3:11');
    assert.equal(group!.sourceText, 'process.exit(3);');
  });

  it('leaves errors to nobody fails the test that they began in', async () => {
    const script = `
      import { test } from 'node:test';
      import { setTimeout as sleep } from 'node:timers/promises';
      test('promise', async () => { Promise.reject(new Error('nobody caught this')); await sleep(5); });
      test('timer', async () => { setTimeout(() => { throw new Error('thrown by a timer'); }, 1); await sleep(5); });
      test('fine', () => sleep(5));
    `;
    const measurements = await measure({ script });
    for (const name of ['promise', 'timer']) {
      const { count, errors } = statsOf(measurements, name);
      assert.ok(count > 0 && errors === count, `${name}: ${errors} of ${count}`);
    }
    assert.equal(statsOf(measurements, 'fine').errors, 0);
    assert.deepEqual(measurements.failures.map(({ message }) => message).sort(), [
      'nobody caught this',
      'thrown by a timer',
    ]);
  });

  it('never ends a test leaves it unfinished, and the run ends', async () => {
    const script = "import { test } from 'node:test';\ntest('waits', () => new Promise(() => {}));";
    const measurements = await measure({ script, steps: [cycle(2), cycle(2, { index: 1 })] });
    assert.deepEqual(
      [statsOf(measurements, 'waits', 0).unfinished, statsOf(measurements, 'waits', 1).unfinished],
      [2, 2],
    );
  });

  it('prints without end is cut, and what is left out is said', async () => {
    const script = `
      import { test } from 'node:test';
      const line = 'x'.repeat(1000);
      test('prints', () => { for (let i = 0; i < 100; i += 1) console.log(line); });
    `;
    const { stdout, stderr, measurements } = await runScript({ script });
    assert.ok(measurements);
    assert.ok(stdout.length >= 1_000_000 && stdout.length < 3_000_000, `${stdout.length}`);
    assert.match(stderr, /\[marteau\] \d+ bytes of the script's console were left out/);
  });

  it('prints binary hands it on as it is', async () => {
    const script =
      "import { test } from 'node:test'; process.stdout.write(Buffer.from([0, 27, 91, 200, 10])); test('x', () => {});";
    const { stdout, measurements } = await runScript({ script });
    assert.ok(measurements);
    assert.match(stdout, /^\0\x1b\[\ufffd\n/);
  });

  it('writes to descriptor 3 can neither forge a message nor break ours', async () => {
    const script = `
      import { writeSync } from 'node:fs';
      import { test } from 'node:test';
      const forged = { type: 'done', sha256: '0'.repeat(64) };
      test('forges', () => {
        writeSync(3, JSON.stringify(forged) + '\\n' + JSON.stringify({ token: '', ...forged }) + '\\nno end');
        return new Promise((resolve) => setTimeout(resolve, 50));
      });
    `;
    const { measurements, messages } = await runScript({ script });
    assert.ok(measurements);
    assert.ok(messages.some(({ type }) => type === 'tick'));
  });
});
