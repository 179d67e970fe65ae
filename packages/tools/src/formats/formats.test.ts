import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { ResultFormat } from '@marteau/file';
import { labeller } from '@marteau/measure';
import fc from 'fast-check';
import type { Observation } from '../observation.ts';
import { formats } from './index.ts';

const STARTED_AT = Date.parse('2026-11-30T19:00:00Z');

/** What a reader tells of bytes that come in these parts. */
function told(format: ResultFormat, parts: readonly Buffer[], expected: number[] = []): Observation[] {
  const seen: Observation[] = [];
  const reader = formats[format].reader((one) => seen.push(one), {
    startedAt: STARTED_AT,
    fold: labeller([]),
    expected: new Set(expected),
  });
  for (const part of parts) reader.write(part);
  reader.end();
  return seen;
}

const fixture = (name: string): Buffer => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));

/** Requests by name: how many, how many of them errors, and how they ended. */
function requestsOf(seen: readonly Observation[]): Record<string, unknown> {
  const found: Record<string, { count: number; errors: number; outcomes: Record<string, number> }> = {};
  for (const one of seen) {
    if ((one.type !== 'sample' && one.type !== 'total') || one.kind !== 'request') continue;
    const label = found[one.name] ?? { count: 0, errors: 0, outcomes: {} };
    found[one.name] = label;
    if (one.type === 'total')
      found[one.name] = { count: one.count, errors: one.errors, outcomes: { ...one.outcomes } };
    else {
      label.count += 1;
      label.errors += one.isError ? 1 : 0;
      label.outcomes[one.outcome ?? ''] = (label.outcomes[one.outcome ?? ''] ?? 0) + 1;
    }
  }
  return found;
}

const cases: readonly [ResultFormat, string, Record<string, unknown>][] = [
  [
    'vegeta-csv',
    'vegeta.csv',
    {
      'GET /': { count: 6, errors: 2, outcomes: { 200: 4, ECONNREFUSED: 2 } },
      'GET /bad': { count: 3, errors: 3, outcomes: { 503: 3 } },
      'GET /item/:id': { count: 3, errors: 0, outcomes: { 200: 3 } },
    },
  ],
  ['hey-csv', 'hey.csv', { 'all requests': { count: 8, errors: 8, outcomes: { 503: 8 } } }],
  ['hey-csv', 'hey-dead.csv', {}],
  [
    'k6-json',
    'k6.jsonl',
    {
      'GET /item/:id': { count: 4, errors: 0, outcomes: { 200: 4 } },
      'bad one': { count: 4, errors: 4, outcomes: { 503: 4 } },
    },
  ],
  [
    'k6-csv',
    'k6.csv',
    {
      'GET /item/:id': { count: 4, errors: 0, outcomes: { 200: 4 } },
      'bad one': { count: 4, errors: 4, outcomes: { 503: 4 } },
    },
  ],
  ['autocannon-json', 'autocannon.txt', { 'all requests': { count: 40, errors: 40, outcomes: { 503: 40 } } }],
  [
    'autocannon-json',
    'autocannon-dead.txt',
    { 'all requests': { count: 4, errors: 4, outcomes: { error: 4 } } },
  ],
  ['wrk-lua', 'wrk.txt', { 'all requests': { count: 1220, errors: 1220, outcomes: { answered: 1220 } } }],
  [
    'locust-lines',
    'locust.jsonl',
    {
      'GET /': { count: 16, errors: 0, outcomes: { 200: 16 } },
      'GET /item/7': { count: 16, errors: 0, outcomes: { 200: 16 } },
      'GET a bad one': { count: 13, errors: 13, outcomes: { 503: 13 } },
    },
  ],
];

describe('what a tool wrote is counted as the tool meant it', () => {
  for (const [format, file, wanted] of cases)
    test(`${format}: ${file}`, () => assert.deepEqual(requestsOf(told(format, [fixture(file)])), wanted));
});

describe('where the parts end makes no difference', () => {
  for (const [format, file] of cases) {
    const bytes = fixture(file);
    test(`${format}: ${file}`, () => {
      const whole = told(format, [bytes]);
      fc.assert(
        fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
          const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
          const parts = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
          assert.deepEqual(told(format, parts), whole);
        }),
        { numRuns: 30 },
      );
    });
  }
});

describe('the end of a tool that was killed', () => {
  for (const [format, file] of cases) {
    test(`${format}: ${file} is read up to there, and nothing is made up`, () => {
      const bytes = fixture(file);
      const all = requestsOf(told(format, [bytes])) as Record<string, { count: number }>;
      fc.assert(
        fc.property(fc.nat(bytes.length), (end) => {
          const some = requestsOf(told(format, [bytes.subarray(0, end)])) as typeof all;
          for (const [name, { count }] of Object.entries(some))
            assert.ok(count <= (all[name]?.count ?? 0), name);
        }),
        { numRuns: 30 },
      );
    });
  }
});

test('statuses that are expected are no errors', () => {
  const { 'GET /bad': bad } = requestsOf(told('vegeta-csv', [fixture('vegeta.csv')], [503]));
  assert.deepEqual(bad, { count: 3, errors: 0, outcomes: { 503: 3 } });
});

test('autocannon with a rate adds times of requests that it never sent: they are not believed', () => {
  const seen = told('autocannon-json', [fixture('autocannon-R.txt')]);
  const total = seen.find((one) => one.type === 'total');
  assert.deepEqual([total?.count, total?.time.count], [62, 0]);
  assert.deepEqual(seen.find((one) => one.type === 'quantiles')?.known, []);
  assert.match(seen.find((one) => one.type === 'note')?.text ?? '', /3890 times and had 62 answers/);
});

test('autocannon tells no p95, and nobody makes one', () => {
  const seen = told('autocannon-json', [fixture('autocannon.txt')]);
  const known = seen.find((one) => one.type === 'quantiles')?.known ?? [];
  assert.ok(known.includes(0.9) && known.includes(0.975) && !known.includes(0.95));
});

test('iterations, checks, groups and values of k6 are told', () => {
  const seen = told('k6-json', [fixture('k6.jsonl')]);
  const of = (type: string, kind: string) =>
    seen.filter(
      (one) =>
        one.type === type && ('kind' in one ? one.kind : one.type === 'metric' && one.metric.kind) === kind,
    );
  assert.equal(of('sample', 'test').length, 4);
  assert.equal(of('sample', 'step').length, 4);
  assert.equal(of('metric', 'check').length, 4);
  const trend = of('metric', 'trend');
  assert.ok(
    trend.length === 4 && trend.every((one) => one.type === 'metric' && one.metric.name === 'cart_time'),
  );
});

test('labels of JMeter may hold commas, quotes and ends of lines; transactions stand beside their requests', () => {
  const text = [
    'timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,bytes,sentBytes,grpThreads,allThreads,URL,Latency,IdleTime,Connect',
    `${STARTED_AT + 1000},123,"GET ""/a"", or\n<script>",200,OK,TG 1-1,text,true,,512,120,1,7,http://h/a,120,0,5`,
    `${STARTED_AT + 1130},130,Login,200,"Number of samples in transaction : 1, number of failing samples : 0",TG 1-1,,true,,512,120,1,1,null,120,7,5`,
    `${STARTED_AT + 1200},61000,GET /b,Non HTTP response code: java.net.SocketTimeoutException,"Non HTTP response message: Read timed out",TG 1-1,text,false,,2000,0,1,1,http://h/b,0,0,3`,
    `${STARTED_AT + 1300},5,GET /c,200,OK,TG 1-1,text,false,"Test failed: expected ""x""",12,0,1,1,http://h/c,5,0,0`,
    `${STARTED_AT + 1400},5,GET /c,200`,
  ].join('\n');
  const seen = told('jtl', [Buffer.from(`${text}\n`)]);
  assert.deepEqual(requestsOf(seen), {
    'GET "/a", or\n<script>': { count: 1, errors: 0, outcomes: { 200: 1 } },
    'GET /b': { count: 1, errors: 1, outcomes: { timeout: 1 } },
    'GET /c': { count: 1, errors: 1, outcomes: { 200: 1 } },
  });
  assert.deepEqual(
    seen.flatMap((one) => (one.type === 'sample' && one.kind === 'step' ? [one.name] : [])),
    ['Login'],
  );
  assert.ok(seen.some((one) => one.type === 'failure' && one.message === 'Test failed: expected "x"'));
});

test('results of JMeter without a header are refused with a sentence', () => {
  const seen = told('jtl', [Buffer.from('1735800000000,123,GET /a,200,OK\n')]);
  assert.ok(seen.some((one) => one.type === 'note' && /lack the columns timeStamp/.test(one.text)));
});

describe('a csv of its own says by its header what its columns are', () => {
  test('in any unit and order', () => {
    const text = `status,elapsed_s,end_ms,label,error\n200,0.25,${STARTED_AT + 1000},a,\n0,1,${STARTED_AT + 2000},b,timed out\n`;
    const seen = told('csv', [Buffer.from(text)]);
    assert.deepEqual(requestsOf(seen), {
      a: { count: 1, errors: 0, outcomes: { 200: 1 } },
      b: { count: 1, errors: 1, outcomes: { timeout: 1 } },
    });
    const [first] = seen;
    assert.ok(first?.type === 'sample' && first.at === 1000 && first.time === 250_000);
  });
  test('and where it does not, a sentence says how', () => {
    const seen = told('csv', [Buffer.from('a,b\n1,2\n')]);
    assert.ok(seen.length === 1 && seen[0]?.type === 'note' && /elapsed_ms/.test(seen[0].text));
  });
});

test('the summary of oha is told at its own percentiles', () => {
  const summary = {
    summary: { slowest: 0.2, fastest: 0.001, average: 0.01, totalData: 600 },
    latencyPercentiles: { p50: 0.008, p95: 0.05, p99: 0.1 },
    statusCodeDistribution: { 200: 90, 503: 6 },
    errorDistribution: { 'Connection refused (os error 111)': 4 },
  };
  const seen = told('oha-json', [Buffer.from(JSON.stringify(summary))]);
  const total = seen.find((one) => one.type === 'total')!;
  assert.deepEqual([total.count, total.errors, total.time.count, total.time.sum], [100, 10, 96, 960_000]);
  assert.deepEqual(total.outcomes, { 200: 90, 503: 6, ECONNREFUSED: 4 });
  assert.deepEqual(seen.find((one) => one.type === 'quantiles')?.known, [0.5, 0.95, 0.99]);
});

describe('a simulation.log of Gatling', () => {
  const at = STARTED_AT + 1000;
  const wanted = {
    'group1 > group2 > GET /a': { count: 1, errors: 1, outcomes: { 503: 1 } },
    'GET /': { count: 1, errors: 0, outcomes: { OK: 1 } },
  };

  test('as text, up to 3.12', () => {
    const text = [
      `RUN\ta.B\tb\t${at}\t \t3.11.5`,
      `USER\tscn\tSTART\t${at + 10}`,
      `REQUEST\tgroup1,group2\tGET /a\t${at + 20}\t${at + 143}\tKO\tstatus.find.is(200), but actually found 503`,
      `REQUEST\t\tGET /\t${at + 150}\t${at + 160}\tOK\t `,
      `USER\tscn\tEND\t${at + 170}`,
    ].join('\n');
    assert.deepEqual(requestsOf(told('gatling-log', [Buffer.from(`${text}\n`)])), wanted);
  });

  test('as bytes, from 3.13 on, cut anywhere', () => {
    const bytes = binaryLog(at);
    const whole = told('gatling-log', [bytes]);
    assert.deepEqual(requestsOf(whole), wanted);
    for (let cut = 0; cut <= bytes.length; cut += 1)
      assert.deepEqual(told('gatling-log', [bytes.subarray(0, cut), bytes.subarray(cut)]), whole);
  });

  test('of a version that nobody knows is a sentence', () => {
    const seen = told('gatling-log', [Buffer.concat([binaryLog(at), Buffer.from([77, 1, 2])])]);
    assert.deepEqual(requestsOf(seen), wanted);
    assert.ok(seen.some((one) => one.type === 'note' && /could not be read/.test(one.text)));
  });
});

/** As Gatling 3.13 writes it: a run, a user, two requests. */
function binaryLog(at: number): Buffer {
  const int = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return bytes;
  };
  const long = Buffer.alloc(8);
  long.writeBigInt64BE(BigInt(at));
  const byte = (value: number) => Buffer.from([value]);
  const text = (value: string) =>
    value === '' ? int(0) : Buffer.concat([int(value.length), Buffer.from(value, 'latin1'), byte(0)]);
  const first = (index: number, value: string) => Buffer.concat([int(index), text(value)]);
  return Buffer.concat([
    ...[byte(0), text('3.13.1'), text('a.B'), long, text(''), int(1), text('scn'), int(0)],
    ...[byte(2), int(0), byte(1), int(10)],
    ...[
      byte(1),
      int(2),
      first(1, 'group1'),
      first(2, 'group2'),
      first(3, 'GET /a'),
      int(20),
      int(143),
      byte(0),
    ],
    first(4, 'status.find.is(200), but actually found 503'),
    ...[byte(1), int(0), first(5, 'GET /'), int(150), int(160), byte(1), first(6, '')],
    ...[byte(2), int(0), byte(0), int(170)],
  ]);
}
