import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Launch } from '@marteau/launch';
import { Measurements } from '@marteau/measure';
import { createTempFolder } from '@marteau/testkit';
import { Compile } from 'typebox/compile';
import { launchPlainly } from '../fixtures/launch-plainly.ts';
import { cycle, measure, plainOptions, runScript } from '../fixtures/run-script.ts';
import { checkScript } from './check-script.ts';
import { ChildMessage } from './messages.ts';
import { tickBudget } from './tick-budget.ts';

const script = "import { test } from 'node:test';\ntest('hello', () => {});\n";

/** An engine in whose place somebody else speaks, with the right token: each text is a line, `$` stands for the token. */
function speaking(...lines: string[]): Launch {
  const program = `
    const pipe = new (require('node:net').Socket)({ fd: 3 });
    pipe.once('data', (chunk) => {
      const { token } = JSON.parse(String(chunk).split('\\n')[0]);
      const lines = ${JSON.stringify(lines)}.map((line) => line.replace('$', token));
      pipe.write(lines.join('\\n') + '\\n');
      setTimeout(() => process.exit(1), 50);
    });`;
  return (request) => launchPlainly({ ...request, args: ['-e', program] });
}

async function answerTo(launch: Launch) {
  await using folder = await createTempFolder();
  await writeFile(join(folder.path, 'script.test.ts'), script);
  const job = { root: folder.path, wdir: '.', script: 'script.test.ts', test: null, target: null, env: {} };
  const options = { launch, signal: AbortSignal.timeout(60_000) };
  return checkScript({ ...job, options: plainOptions, secrets: [] }, options);
}

describe('whoever speaks in the engine’s name', () => {
  it('ends its share at most, whatever code, parameters and form the message has', async () => {
    const messages = [
      '{"token":"$","type":"failed","code":"nope","params":{}}',
      '{"token":"$","type":"failed","code":"__proto__","params":{}}',
      '{"token":"$","type":"failed","code":"nodes-lost","params":{}}',
      '{"token":"$","type":"failed","code":"script-threw","params":{"where":[{}],"message":null}}',
    ];
    for (const message of messages) {
      const answer = await answerTo(speaking(message));
      assert.equal('error' in answer && answer.error.code, 'engine-unusable', message);
    }
  });

  it('may send lines that are no messages', async () => {
    const odd = ['null', '5', '"$"', '[]', '{', '\u0000', `{"token":"$","type":"failed"}`, '['.repeat(5e4)];
    const answer = await answerTo(speaking(...odd, '{"token":"$","type":"ready","tests":[],"shared":null}'));
    assert.deepEqual(answer, { tests: [], shared: null });
  });

  it('is heard as seldom as an engine has something to tell', async () => {
    let now = 0;
    const hasBudget = tickBudget(() => now);
    const heard = (times: number) => Array.from({ length: times }, hasBudget).filter(Boolean).length;
    assert.equal(heard(100_000), 60);
    now = 10_000;
    assert.equal(heard(100_000), 40);
    assert.equal(heard(100_000), 0);
  });

  it('hands in no lists without end', async () => {
    const whole = await measure({ script, steps: [cycle(1, { durationMs: 100, rampMs: 0 })] });
    const schema = Compile(Measurements);
    const many = <T>(one: T, count: number): T[] => Array.from({ length: count }, () => one);
    const [label, failure] = [whole.labels[0]!, { from: 0, to: 1 }];
    const limit = { code: 'cpu', sentence: 'x', share: 1 };
    const outcomes = Object.fromEntries(many(0, 1001).map((_, index) => [`${index}`, 1]));
    assert.ok(schema.Check(whole));
    for (const wrong of [
      { notes: many('x', 51) },
      { notes: ['x'.repeat(2001)] },
      { labels: many(label, 2001) },
      { labels: [{ ...label, steps: many(label.steps[0]!, 501) }] },
      { labels: [{ ...label, steps: [{ ...label.steps[0]!, outcomes }] }] },
      { steps: many(whole.steps[0]!, 501) },
      { generator: { ...whole.generator, limits: many(limit, 1025) } },
      { generator: { ...whole.generator, limits: [{ ...limit, windows: many(failure, 1201) }] } },
      { peer: { addresses: many('a', 1001), servers: [], tls: [] } },
    ])
      assert.ok(!schema.Check({ ...whole, ...wrong }), Object.keys(wrong).join());
  });

  it('finds no list in what it may hand in or say that has no bound', () => {
    const unbounded = (schema: unknown, path: string): string[] => {
      if (typeof schema !== 'object' || schema === null) return [];
      const { type, maxItems, maxProperties, patternProperties } = schema as Record<string, unknown>;
      const isWrong =
        (type === 'array' && maxItems === undefined) || (patternProperties && maxProperties === undefined);
      const inner = Object.entries(schema).flatMap(([name, value]) => unbounded(value, `${path}/${name}`));
      return isWrong ? [path, ...inner] : inner;
    };
    assert.deepEqual(unbounded(Measurements, ''), []);
    assert.deepEqual(unbounded(ChildMessage, ''), []);
  });

  it('ends its share when what is told throws', async () => {
    const { error } = await runScript({
      script: script.replace('{}', '{ process.stdout.write("") }'),
      hear: () => {
        throw new TypeError('nobody foresaw this');
      },
    });
    assert.match(error?.message ?? '', /could not be taken: TypeError: nobody foresaw this/);
  });

  it('does not get there by what a file has in `env`', async () => {
    const env = {
      NODE_OPTIONS: '--import=./evil.mjs',
      NODE_PATH: '/evil',
      LD_PRELOAD: './evil.so',
      BASH_ENV: './evil.sh',
      ENV: 'staging',
      NODE_EXTRA_CA_CERTS: './evil.pem',
      OPENSSL_CONF: './evil.cnf',
    };
    const reads = `
      import { test } from 'node:test';
      import { readFileSync } from 'node:fs';
      test('hello', () => {
        console.log(process.env.ENV, process.env.PLAIN, readFileSync('/proc/self/environ', 'utf8'));
      });`;
    const { stdout, stderr, error } = await runScript({
      script: reads,
      files: { 'evil.mjs': "console.log('EVIL')" },
      job: { env: { ...env, PLAIN: 'plain' } },
    });
    assert.equal(error, null);
    assert.match(stdout, /^staging plain .*PLAIN=plain/);
    assert.doesNotMatch(stdout + stderr, /evil/i);
  });
});
