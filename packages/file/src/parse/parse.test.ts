import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { renderProblems } from '../check/problem.ts';
import { APP_OF_THE_REPOSITORY, CHAOS_FOR_THE_APP, LOAD_TEST_AGAINST_STAGING } from '../examples.fixture.ts';
import { MarteauFile } from '../schema/file.ts';
import { type ParsedFile, parseFile } from './parse.ts';

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

const rendered = (input: string | Uint8Array) => renderProblems(parseFile(input).problems);

describe('the three examples of the semantics', () => {
  test('a load test against staging', () => {
    assert.deepEqual(parseFile(LOAD_TEST_AGAINST_STAGING), {
      file: {
        name: 'Marketplace',
        script: 'loadtest/checkout.test.ts',
        nodes: 3,
        cycles: '10:20:30:100',
        duration: '2m',
        target: 'https://staging.example.com',
        version: { url: '/version.json', json: 'commit' },
        env: { TOKEN: `\${secrets.TOKEN}` },
        data: { users: 'loadtest/users.csv' },
        thresholds: ['p95 < 300ms', 'p99 of "GET /cart" < 1s over 10s', 'errors < 1%', 'requests >= 450/s'],
        email: 'team@example.com',
      },
      problems: [],
    });
  });

  test('the app of the repository, an open model', () => {
    assert.deepEqual(parseFile(APP_OF_THE_REPOSITORY), {
      file: {
        script: 'loadtest/browse.test.ts',
        app: { setup: 'npm ci', command: 'node server.ts', ready: '/health', timeout: '1m' },
        warmup: '15s',
        load: [
          { rate: '50/s..500/s', for: '2m', maxUsers: 400 },
          { rate: '500/s', for: '5m', maxUsers: 400 },
        ],
        profiles: { smoke: { load: [{ users: 2, for: '10s' }] } },
      },
      problems: [],
    });
  });

  test('chaos', () => {
    const { file } = parseFile(CHAOS_FOR_THE_APP);
    assert.deepEqual(file?.chaos, {
      seed: 42,
      timeline: [
        { at: '60s', for: '20s', proxy: 'redis', behavior: 'blackout', expect: { recoverWithin: '5s' } },
      ],
    });
  });
});

describe('what a file may look like', () => {
  const same = parseFile('script: a.test.ts\nname: Läden 🛒\ncycles: 10\n');
  const rows: [string, string | Uint8Array][] = [
    ['text', 'script: a.test.ts\nname: Läden 🛒\ncycles: 10\n'],
    ['bytes in UTF-8', bytes('script: a.test.ts\nname: Läden 🛒\ncycles: 10\n')],
    ['a byte order mark', bytes([0xef, 0xbb, 0xbf], 'script: a.test.ts\nname: Läden 🛒\ncycles: 10\n')],
    ['CRLF', 'script: a.test.ts\r\nname: Läden 🛒\r\ncycles: 10\r\n'],
    ['CR', 'script: a.test.ts\rname: Läden 🛒\rcycles: 10\r'],
    ['no end of line', 'script: a.test.ts\nname: Läden 🛒\ncycles: 10'],
    ['flow style', '{script: a.test.ts, name: Läden 🛒, cycles: 10}'],
    ['JSON', '{"script": "a.test.ts", "name": "L\\u00e4den 🛒", "cycles": 10}'],
    ['one document between marks', '---\nscript: a.test.ts\nname: Läden 🛒\ncycles: 10\n...\n'],
    [
      'comments and blank fields',
      '# hi\nscript: a.test.ts\nname: Läden 🛒 # shop\ncycles: 10\nemail:\ntest: ~\n',
    ],
    ['anchors', 'script: &s a.test.ts\nname: Läden 🛒\ncycles: 10\n'],
  ];
  for (const [name, input] of rows) test(name, () => assert.deepEqual(parseFile(input), same));

  test('numbers that are not in plain notation stay as written', () => {
    const { file } = parseFile(
      'script: a.ts\nenv: {A: 1.10, B: 007, C: 0x1F, D: 1e3, E: 12, F: 1.5, G: true}',
    );
    assert.deepEqual(file?.env, { A: '1.10', B: '007', C: '0x1F', D: '1e3', E: 12, F: 1.5, G: true });
  });

  test('merge keys bring in what a map does not say itself, of several the first counts most', () => {
    const { file, problems } = parseFile(`script: a.ts
profiles:
  small: &small {cycles: 1, duration: 10s}
  big: {<<: *small, cycles: 100}
  other:
    <<: [{ramp: 5s}, *small]
    duration: 1m
`);
    assert.deepEqual(problems, []);
    assert.deepEqual(file?.profiles, {
      small: { cycles: 1, duration: '10s' },
      big: { cycles: 100, duration: '10s' },
      other: { ramp: '5s', cycles: 1, duration: '1m' },
    });
  });

  test('merge keys that grow by powers, or go round, are refused at once', () => {
    const powers = Array.from({ length: 28 }, (_, i) => `x${i + 1}: &x${i + 1} {<<: [*x${i}, *x${i}]}`);
    const bomb = ['script: a.ts', 'x0: &x0 {a: 1}', ...powers].join('\n');
    assert.match(rendered(bomb), /the file unfolds to more than 5000 values/);
    assert.match(
      rendered('script: a.ts\nprofiles: {a: &a {<<: *a}}'),
      /nested too deeply|unfolds to more than/,
    );
  });

  test('a name of a map may be a number or a reference', () => {
    const { file } = parseFile('script: a.ts\nmetadata: {2024: &y year, *y : again}');
    assert.deepEqual(file?.metadata, { 2024: 'year', year: 'again' });
  });
});

describe('what is no text', () => {
  const rows: [string, string | Uint8Array, string][] = [
    [
      'UTF-16',
      bytes([0xff, 0xfe], Buffer.from('script: a', 'utf16le').toString('latin1')),
      'the file is UTF-16',
    ],
    ['Latin-1', bytes('script: a.ts\nname: L', [0xe4], 'den\n'), 'the file is not UTF-8'],
    ['zero bytes', 'script: a.ts\0', 'the file holds control characters'],
    ['33 KB', `script: a.ts\n#${'x'.repeat(33 * 1024)}`, 'the file has 34 KB, and 32 KB is the most'],
    ['33 KB of bytes', new Uint8Array(33 * 1024), 'the file has 33 KB, and 32 KB is the most'],
  ];
  for (const [name, input, what] of rows) {
    test(name, () => assert.match(rendered(input), new RegExp(`^\\.marteau\\.yml:1:1 {2}${what}: `)));
  }
});

test('places are those of the file also with CRLF and a byte order mark', () => {
  assert.match(rendered('\ufeffscript: a.ts\r\ndurration: 2m\r\n'), /^\.marteau\.yml:2:1 /);
});

test('more than a hundred mistakes are cut, and the rest is counted', () => {
  const { problems } = parseFile(Array.from({ length: 150 }, (_, i) => `zz${i}: 1`).join('\n'));
  assert.equal(problems.length, 101);
  assert.equal(problems.at(-1)?.what, '51 more mistakes follow');
});

test('a password in a URL is never repeated', () => {
  for (const url of ['https://me:hunter2@a.example.com', 'https://me:hunter2@', 'ssh://me:hunter2@a:x']) {
    assert.doesNotMatch(rendered(`script: a.ts\ntarget: "${url}"`), /hunter2/);
  }
});

function expectSound(result: ParsedFile): void {
  assert.equal(result.file === null, result.problems.length > 0);
  if (result.file)
    assert.ok(Value.Check(MarteauFile, result.file), 'the schema accepts what the reader accepts');
  let last = 0;
  for (const { line, column, what, fix } of result.problems) {
    assert.ok(line !== null && line >= last && column !== null && column >= 1);
    assert.ok(what.length > 0 && fix.length > 0);
    last = line;
  }
}

describe('no input makes it throw, and every problem has a place', () => {
  const chunks = fc.constantFrom(
    ...[
      'script',
      ': ',
      ':',
      '\n',
      '\n  ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
      '&a ',
      '*a',
      '!!',
      '? ',
      '|\n',
      '>',
      '#',
    ],
    ...[
      'a.test.ts',
      'load',
      'users',
      'rate',
      '50/s',
      '1..5',
      'for',
      '2m',
      'cycles',
      '10:20',
      'thresholds',
      'p95 < 300ms',
    ],
    ...[
      'env',
      `\${secrets.A}`,
      '__proto__',
      'constructor',
      'profiles',
      'app',
      'command',
      '@',
      '%',
      '`',
      '\t',
      '---',
      '...',
      '~',
    ],
    ...[
      'null',
      'true',
      '.inf',
      '-0',
      '1e999',
      '0x',
      '\ufeff',
      '\u2028',
      '\ud800',
      'chaos',
      'timeline',
      'proxies',
      'find',
      '<<',
    ],
  );
  test('any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => expectSound(parseFile(text))),
    );
  });
  test('any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (input) => expectSound(parseFile(input))));
  });
  test('text that looks like a file', () => {
    fc.assert(
      fc.property(fc.array(chunks, { maxLength: 60 }), (parts) => expectSound(parseFile(parts.join('')))),
      { numRuns: 1000 },
    );
  });
  test('any value in any field', () => {
    const fields = fc.constantFrom(...Object.keys(MarteauFile.properties));
    const edges = [
      '',
      ' ',
      'x',
      'x'.repeat(5000),
      '9'.repeat(9000),
      0,
      -1,
      0.5,
      1e21,
      [],
      {},
      [''],
      { a: '' },
      { a: {} },
    ];
    const values = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom<unknown>(...edges));
    fc.assert(
      fc.property(fc.dictionary(fields, values, { maxKeys: 8 }), (file) =>
        expectSound(parseFile(JSON.stringify({ script: 'a.ts', ...file }))),
      ),
      { numRuns: 1000 },
    );
  });
  test('a right file with a chunk cut out or put in', () => {
    const file = fc.constantFrom(LOAD_TEST_AGAINST_STAGING, APP_OF_THE_REPOSITORY, CHAOS_FOR_THE_APP);
    fc.assert(
      fc.property(file, fc.nat(700), fc.nat(20), chunks, (text, start, length, chunk) =>
        expectSound(parseFile(text.slice(0, start) + chunk + text.slice(start + length))),
      ),
      { numRuns: 500 },
    );
  });
});
