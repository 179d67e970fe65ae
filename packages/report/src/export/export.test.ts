import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readTimes } from '@marteau/measure';
import { scenarios } from '../fixtures/scenarios.ts';
import { socketMetrics } from '../fixtures/socket-metrics.ts';
import { buildResults } from '../results/build-results.ts';
import { summarise } from '../results/summarise.ts';
import { badgeSvg } from './badge.ts';
import { dataFiles, histogramLog } from './data-files.ts';

const fail = buildResults(scenarios.fail());
const hostile = buildResults(scenarios.hostile());
const error = buildResults(scenarios.error());

/** The fields of a CSV, by RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') rows.push([]);
  }
  rows.pop();
  return rows;
}

/** Throws where an XML document is not well-formed; enough of a parser for what is written here. */
function checkXml(text: string): { names: string[] } {
  const open: string[] = [];
  const names: string[] = [];
  const rest = text
    .replace(/^<\?xml [^?]*\?>\n/, '')
    .replace(/<(\/?)([a-zA-Z]+)((?: [a-zA-Z:-]+="[^"<]*")*)(\/?)>/g, (_, close, name, _attributes, empty) => {
      if (close) assert.equal(open.pop(), name);
      else names.push(name);
      if (!close && !empty) open.push(name);
      return '';
    });
  assert.deepEqual(open, []);
  assert.doesNotMatch(rest, /[<>]/);
  assert.doesNotMatch(text, /&(?!(amp|lt|gt|quot|#9|#10|#13);)/);
  return { names };
}

describe('CSV', () => {
  test('has one row a label and stage, with every statistic', () => {
    const [header, ...rows] = parseCsv(dataFiles(fail)['statistics.csv']!);
    assert.equal(rows.length, 2 * fail.steps.length + fail.labels.length * fail.steps.length);
    for (const row of rows) assert.equal(row.length, header!.length);
    const cart = rows.find((row) => row[1] === 'POST /cart' && row[3] === '100 users')!;
    const wanted = fail.labels.find(({ name }) => name === 'POST /cart')!.steps.at(-1)!;
    assert.equal(Number(cart[header!.indexOf('p95_us')]), wanted.time.p95);
    assert.equal(cart[header!.indexOf('p99_9_us')], '');
  });

  test('keeps text of others from being a formula, or a cell of its own', () => {
    const label = { ...hostile.labels[0]!, name: '=HYPERLINK("http://evil","x"),\r\n@SUM(1)' };
    const rows = parseCsv(dataFiles({ ...hostile, labels: [label] })['statistics.csv']!);
    assert.equal(rows.at(-1)![1], `'${label.name}`);
    assert.equal(rows.at(-1)!.length, rows[0]!.length);
  });

  test('has the whole timeline', () => {
    const [header, ...rows] = parseCsv(dataFiles(fail)['timeline.csv']!);
    assert.equal(rows.length, fail.requests!.throughput.count.length);
    assert.ok(header!.includes('generator_cpu'));
    const total = rows.reduce((sum, row) => sum + Number(row[3]), 0);
    assert.equal(
      total,
      fail.requests!.throughput.count.reduce((a, b) => a + b, 0),
    );
    assert.equal(parseCsv(dataFiles(error)['timeline.csv']!).length, 1);
  });
});

describe('JUnit XML', () => {
  for (const [name, results, counts] of [
    ['a failed run', fail, 'tests="5" failures="2" errors="0"'],
    ['an invalid run', buildResults(scenarios.invalid()), /tests="5" failures="\d" errors="1"/],
    ['a run in error', error, 'tests="1" failures="0" errors="1"'],
    ['a hostile run', hostile, 'tests="3" failures="0" errors="0"'],
  ] as const) {
    test(`of ${name} is well-formed and counts right`, () => {
      const text = dataFiles(results)['junit.xml']!;
      const { names } = checkXml(text);
      assert.deepEqual(names.slice(0, 2), ['testsuites', 'testsuite']);
      assert.match(text, typeof counts === 'string' ? new RegExp(counts) : counts);
    });
  }

  test('says what failed', () => {
    assert.match(
      dataFiles(fail)['junit.xml']!,
      /<failure type="fail" message="p95 \d+ ms at 100 users \(wanted &lt; 300 ms\)"\/>/,
    );
    assert.match(dataFiles(error)['junit.xml']!, /<error type="error" message="The script threw/);
  });
});

describe('OpenMetrics', () => {
  test('follows the format, whatever the labels are called', () => {
    for (const results of [fail, hostile, error]) {
      const text = dataFiles(results)['metrics.txt']!;
      const lines = text.split('\n');
      assert.deepEqual(lines.slice(-2), ['# EOF', '']);
      for (const line of lines.slice(0, -2)) {
        assert.match(
          line,
          /^(# (TYPE|UNIT|HELP) marteau_[a-z_]+ .+|marteau_[a-z_]+\{([a-z]+="([^"\\\n]|\\[\\n"])*",?)+\} -?\d+(\.\d+)?(e[-+]?\d+)?)$/,
        );
      }
      const families = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2]);
      assert.equal(new Set(families).size, families.length);
    }
  });

  test('has latencies in seconds', () => {
    const wanted = fail.labels.find(({ name }) => name === 'POST /cart')!.steps.at(-1)!.time.p95! / 1e6;
    const line = dataFiles(fail)
      ['metrics.txt']!.split('\n')
      .find((one) => one.includes('label="POST /cart",step="100 users",quantile="0.95"'));
    assert.equal(Number(line!.split(' ').at(-1)), wanted);
  });
});

describe('the badge', () => {
  for (const [name, facts, said] of [
    ['pass', { verdict: 'pass', summary: summarise(fail) }, /aria-label="load test: pass, p95 \d+ ms"/],
    ['fail', { verdict: 'fail', summary: summarise(fail), name: 'main' }, /aria-label="main: fail, p95/],
    ['invalid', { verdict: 'invalid', summary: summarise(fail) }, /aria-label="load test: invalid"/],
    ['none', { verdict: null, summary: null, name: '<x>"&' }, /aria-label="&lt;x&gt;&quot;&amp;: no run"/],
  ] as const) {
    test(`says ${name} in a word`, () => {
      const svg = badgeSvg(facts);
      checkXml(svg);
      assert.match(svg, said);
    });
  }
});

describe('what is measured beside requests', () => {
  const input = scenarios.pass();
  const at = { step: input.plan!.steps.at(-1)!.index, from: 10, seconds: 5 };
  const merged = {
    ...input.measurements!,
    metrics: socketMetrics(at).map((metric) => ({
      ...metric,
      steps: metric.steps.map(({ values, ...counts }) => ({
        ...counts,
        times: readTimes(values ? [values] : []),
      })),
      cells: [],
    })),
  };
  const results = buildResults({ ...input, measurements: merged });

  test('is a table of its own', () => {
    const [header, ...rows] = parseCsv(dataFiles(results)['measured.csv']!);
    assert.deepEqual(
      rows.map((row) => row.slice(0, 4)),
      [
        ['ws', 'GET /chat', 'round trip', 'us'],
        ['ws', 'GET /chat', 'received', 'bytes'],
        ['ws', 'GET /chat', 'errors', ''],
        ['ws', 'GET /chat', 'closed 1006 by the server', ''],
      ],
    );
    assert.equal(Number(rows[2]![header!.indexOf('share')]), 1 / 250);
    assert.equal(Number(rows[0]![header!.indexOf('p95')]), results.metrics![0]!.steps[0]!.values!.p95);
  });

  test('is in the metrics, times in seconds', () => {
    const text = dataFiles(results)['metrics.txt']!;
    const [, seconds] =
      /^marteau_measured_seconds\{.*kind="ws",label="GET \/chat",measured="round trip",.*quantile="0\.95"\} (\S+)$/m.exec(
        text,
      )!;
    assert.equal(Number(seconds) * 1e6, results.metrics![0]!.steps[0]!.values!.p95);
    assert.match(text, /^# UNIT marteau_measured_bytes bytes$/m);
    assert.match(text, /^marteau_measured_events_total\{.*measured="closed 1006 by the server".*\} 3$/m);
    assert.match(text, /^marteau_measured_share\{.*measured="errors".*\} 0\.004$/m);
  });

  test('has its times in the log of histograms', () => {
    const tag = encodeURIComponent('ws:GET /chat:round trip');
    assert.match(histogramLog(merged), new RegExp(`^Tag=${RegExp.escape(tag)},`, 'm'));
  });
});
