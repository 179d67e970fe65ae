import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import type { Distribution, Measurements } from '@marteau/measure';
import { buildResults, mergeMeasurements, renderReport } from '@marteau/report';
import type { Results } from '@marteau/report/schema';
import type { Plan } from '@marteau/shared';
import { createTempFolder } from '@marteau/testkit';
import { aRun } from '@marteau/testkit/a-run';
import { exitCodes } from '../exit-codes.ts';

const main = join(import.meta.dirname, '..', 'main.ts');
const startedAt = '2026-11-21T09:29:58.000Z';

/** Runs the real command in a folder. */
function marteau(cwd: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { cwd }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

const plan: Plan = {
  steps: [
    {
      index: 0,
      name: '10 users',
      model: 'closed',
      users: { from: 10, to: 10 },
      rate: null,
      maxUsers: null,
      iterations: null,
      rampMs: 0,
      durationMs: 40_000,
      recorded: true,
      test: null,
    },
  ],
};

/** An HdrHistogram (V2, two digits) of values below 256 µs x 2^octave that spread evenly over one octave. */
function distribution(octave: number, times: number): Distribution {
  const words: number[] = [];
  const put = (zigzag: number) => {
    for (let rest = zigzag; ; rest = Math.floor(rest / 128)) {
      words.push(rest >= 128 ? (rest % 128) + 128 : rest);
      if (rest < 128) break;
    }
  };
  put(2 * 128 * (octave + 1) - 1);
  for (let i = 0; i < 128; i++) put(2 * times);
  const plain = Buffer.alloc(40 + words.length);
  plain.writeInt32BE(0x1c849313, 0);
  plain.writeInt32BE(words.length, 4);
  plain.writeInt32BE(2, 12);
  plain.writeBigInt64BE(1n, 16);
  plain.writeBigInt64BE(3_600_000_000n, 24);
  plain.writeDoubleBE(1, 32);
  plain.set(words, 40);
  const packed = deflateSync(plain);
  const head = Buffer.alloc(8);
  head.writeInt32BE(0x1c849314, 0);
  head.writeInt32BE(packed.length, 4);
  const [min, max] = [128 * 2 ** octave, 256 * 2 ** octave - 1];
  const histogram = Buffer.concat([head, packed]).toString('base64');
  return { count: 128 * times, min, max, sum: (128 * times * (min + max)) / 2, histogram };
}

/** Results of forty seconds in which every second looked the same. */
function resultsOf(octave: number): Results {
  const seconds = Array.from({ length: 40 }, (_, i) => {
    const time = distribution(octave, 1);
    const worst = { minCount: 128, maxCount: 128, errors: 0, p95: time.max };
    return { at: i * 1000, width: 1000, count: 128, errors: 0, bytesIn: 0, time, worst };
  });
  const time = distribution(octave, 40);
  const counts = {
    count: time.count,
    errors: 0,
    unfinished: 0,
    oldestUnfinished: 0,
    bytesIn: 0,
    bytesOut: 0,
  };
  const stats = { step: 0, ...counts, time, service: null, outcomes: {}, phases: {}, peak: 128 };
  const measurements: Measurements = {
    v: 1,
    engine: { name: 'marteau', version: '0.1.0' },
    share: { index: 0, of: 1 },
    node: 'here',
    model: 'closed',
    startedAt,
    endedAt: startedAt,
    stopped: false,
    steps: [{ plan: plan.steps[0]!, begin: 0, end: 40_000, complete: true }],
    labels: [
      { kind: 'request', name: 'GET /', steps: [stats], series: seconds },
      { kind: 'test', name: 'home', steps: [stats], series: seconds },
    ],
    failures: [],
    load: [],
    notes: [],
    generator: { threads: 1, cpuSeconds: 1, limits: [] },
  };
  return buildResults({
    run: aRun(),
    file: null,
    plan,
    thresholds: [],
    measurements: mergeMeasurements([measurements]),
  });
}

describe('report', () => {
  test('makes the same page again, and the files for other tools', async () => {
    await using folder = await createTempFolder();
    const results = resultsOf(5);
    await writeFile(join(folder.path, 'results.json'), JSON.stringify(results));
    const { code, out } = await marteau(
      folder.path,
      'report',
      'results.json',
      '--out',
      'again.html',
      '--data',
      '.',
    );
    assert.equal(code, exitCodes.pass);
    assert.match(out, /again\.html\n/);
    assert.equal(await readFile(join(folder.path, 'again.html'), 'utf8'), renderReport(results));
    const files = (await readdir(folder.path)).toSorted();
    assert.deepEqual(files, [
      'again.html',
      'junit.xml',
      'measured.csv',
      'metrics.txt',
      'results.json',
      'statistics.csv',
      'timeline.csv',
    ]);
  });

  const wrong: [what: string, args: string[], text: string | null, code: number, sentence: RegExp][] = [
    ['no file', [], null, exitCodes.usage, /Give the results\.json of a run/],
    [
      'a file that is not there',
      ['gone.json'],
      null,
      exitCodes.usage,
      /There is no results\.json to read at .*gone\.json/,
    ],
    ['something else', ['x.json'], '{"name": 1}', exitCodes.surroundings, /not the results of a Marteau run/],
    [
      'a damaged file',
      ['x.json'],
      '{"schema": "marteau.results/1"',
      exitCodes.surroundings,
      /may have been cut off/,
    ],
    ['a newer file', ['x.json'], '{"schema": "marteau.results/9"}', exitCodes.surroundings, /Update Marteau/],
  ];
  for (const [what, args, text, code, sentence] of wrong) {
    test(`${what} is refused with a sentence`, async () => {
      await using folder = await createTempFolder();
      if (text !== null) await writeFile(join(folder.path, 'x.json'), text);
      const answer = await marteau(folder.path, 'report', ...args);
      assert.equal(answer.code, code);
      assert.match(answer.err, sentence);
    });
  }
});

describe('compare', () => {
  test('says what changed, and ends with 1 when it is worse', async () => {
    await using folder = await createTempFolder();
    await writeFile(join(folder.path, 'before.json'), JSON.stringify(resultsOf(5)));
    await writeFile(join(folder.path, 'after.json'), JSON.stringify(resultsOf(6)));
    const worse = await marteau(folder.path, 'compare', 'before.json', 'after.json', '--out', 'c.html');
    assert.equal(worse.code, exitCodes.fail);
    assert.match(worse.out, /^p95 at 10 users is 100 % worse than in the last good run \(suspected\)/);
    assert.match(worse.out, /\n {2}p95 of all requests at 10 users: \+100\.0 %, suspected worse\n/);
    assert.match(await readFile(join(folder.path, 'c.html'), 'utf8'), /100 % worse/);
    const better = await marteau(folder.path, 'compare', 'after.json', 'before.json');
    assert.equal(better.code, exitCodes.pass);
    assert.match(better.out, /50 % better/);
    const same = await marteau(folder.path, 'compare', 'before.json', 'before.json');
    assert.equal(same.code, exitCodes.pass);
    assert.match(same.out, /^No change that stands out/);
  });

  test('needs two files, and a load in common', async () => {
    await using folder = await createTempFolder();
    const results = resultsOf(5);
    const other = { ...results, steps: [] };
    await writeFile(join(folder.path, 'a.json'), JSON.stringify(results));
    await writeFile(join(folder.path, 'b.json'), JSON.stringify(other));
    assert.match((await marteau(folder.path, 'compare', 'a.json')).err, /at least two results\.json/);
    const none = await marteau(folder.path, 'compare', 'a.json', 'b.json');
    assert.equal(none.code, exitCodes.usage);
    assert.match(none.err, /no load in common/);
    const gone = await marteau(folder.path, 'compare', 'a.json', 'gone');
    assert.equal(gone.code, exitCodes.usage);
    assert.match(gone.err, /no results\.json to read/);
  });

  test('ends with 3 where a run is invalid', async () => {
    await using folder = await createTempFolder();
    const results = resultsOf(5);
    const invalid = { ...results, judgement: { ...results.judgement, verdict: 'invalid' } };
    await writeFile(join(folder.path, 'a.json'), JSON.stringify(results));
    await writeFile(join(folder.path, 'b.json'), JSON.stringify(invalid));
    const { code, err } = await marteau(folder.path, 'compare', 'a.json', 'b.json');
    assert.equal(code, exitCodes.invalid, err);
    assert.match(err, /is invalid: its numbers are the generator’s/);
  });
});
