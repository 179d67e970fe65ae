import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type GrammarName, grammars } from './index.ts';

/** Right words of each kind; the wrong ones are in wrong-files/. */
const right: Record<GrammarName, string[]> = {
  namePattern: ['main', 'release/*', 'v*', '!docs/**', '**', 'a?b', 'ünï'],
  zone: ['UTC', 'Europe/Berlin', 'America/Argentina/Ushuaia'],
  cron: ['30 2 * * 1-5', '@daily', '*/15 * * * *', '0 0 29 2 *', '0 9 * * MON'],
  duration: ['2m', '30s', '1h30m', '500ms', '120', '1.5', '1h 30m', '7d'],
  moment: ['0', '0s', '2m'],
  cycles: ['10', '10:20:30:100', '10 : 20'],
  users: ['1', '1..100', '100 .. 1', '10..0', '0..10'],
  rate: ['50/s', '0.5/s', '300/min', '50/s..500/s', '0/s .. 10/s'],
  rateRange: ['10/s..2000/s', '30/min..10/s'],
  threshold: ['p95 < 300ms', 'errors < 1%'],
  errorBound: ['< 5%', '<= 10'],
  percent: ['0%', '12.5 %', '100%'],
  status: ['404', '4xx'],
  httpVersion: ['1.1', 'auto', '2', 'h2c'],
  behaviors: ['5:error', '5:error,10.5:delay', '100:dummy'],
  path: ['a', 'a/b.c', './a', '../a', 'ünï/cödé'],
  scriptPath: ['a.ts', 'b/c.test.mjs', 'a.cjs', 'a.mts', 'a b.js', 'locustfile.py', 'shop.jmx', 'a.yml'],
  dataPath: ['a.csv', 'A.CSV', 'b/c.json'],
  csvPath: ['loadtest/yesterday.csv', 'A.CSV'],
  tapePath: ['a.rec', 'b/c.har'],
  url: ['https://a.example.com', 'http://127.0.0.1:8080/x?y', 'HTTPS://A.example.com', 'http://[::1]:80'],
  target: ['https://a.example.com', 'none'],
  pathOrUrl: ['/', '/health?full=1', 'http://a.example.com/x'],
  destination: ['api.partner.example:443', '[::1]:5432'],
  hostPort: ['127.0.0.1:6379', 'db.example.com:1', '[::1]:65535', 'unix:/run/x.sock'],
  text: ['x', 'Läden 🛒', 'a\nb', 'node --flag "x y"'],
  name: ['redis', 'api-2', 'A_b'],
  envName: ['TOKEN', '_x1'],
  envValue: ['', 'x', `\${secrets.TOKEN}`, `a\${secrets.A}b\${secrets.B_2}`, `\${HOME} {x} secrets`],
  email: ['a@example.com', 'info@bücher.example', 'first.last+tag@mail.example.co.uk'],
  dependency: ['jose', 'jose@5.9.6', '@scope/name', '@scope/name@^1.2', 'jose@>=1 <3', 'PyBrowserID'],
  label: ['GET /product/:slug', '/product/:slug', 'DELETE /'],
  headerName: ['X-Api-Version', 'accept'],
};

const wrong: Partial<Record<GrammarName, string[]>> = {
  namePattern: ['', '/a', 'a b', 'a{b,c}', '[ab]', '!!a', 'a\0', '!'],
  zone: ['', 'Nowhere/X', 'berlin', '+02:00', 'a\0'],
  cron: ['', '* * *', '* * * * * *', '0 0 30 2 *', '0 25 * * *', '5/15 * * * *', '@reboot', 'daily'],
  duration: ['', '0', '2 minutes', '8d', '-1', '1e3', '1m1m'],
  moment: ['', '-1', 'now', '8d'],
  cycles: ['', '0', '10:', ':10', '10,20', '1.5', '10000001', Array(101).fill(1).join(':')],
  users: ['0', '0..0', '1..', '1..2..3', '-1', '1...2'],
  rate: ['50', '0/s', '0/s..0/s', '50/day', '/s', '50/s..'],
  rateRange: ['50/s', '0/s..5/s', '5/s..5/s', '9/s..1/s'],
  percent: ['20', '101%', '-1%'],
  status: ['99', '600', '4x', '4XX'],
  httpVersion: ['', '1', '1.0', '3', 'h2', 'H2C'],
  behaviors: ['error', '5:error,', '60:a,60:b', '5:Error'],
  path: ['/etc/passwd', '~/x', 'C:/x', 'a\\b', '--output', 'a\0b'],
  scriptPath: ['a.rb', 'a', '/a.ts', 'a.ts/'],
  url: [
    'example.com',
    'ftp://a',
    'https://',
    'https://me@a',
    'https:///me:pw@a',
    'https:\\\\me:pw@a',
    'javascript://x',
    '//a',
    'https://a b',
  ],
  target: ['None', 'example.com', 'ftp://a'],
  pathOrUrl: ['health', 'example.com/x', '/a b'],
  destination: ['redis', 'https://a.example.com', 'unix:/run/x.sock', '*.example.com:443'],
  hostPort: ['redis', 'redis:0', 'redis:65536', ':6379', 'http://a:1'],
  text: ['', ' ', 'a\0', 'a\x1bb'],
  name: ['', '1a', 'a b', 'a.b', 'x'.repeat(65)],
  envName: ['', 'A-B', '1A', 'MARTEAU_X', 'marteau_x'],
  envValue: [
    `\${secret.A}`,
    `\${secrets.}`,
    `\${secrets:A}`,
    `\${ secrets.A }`,
    '{{secrets.A}}',
    `\${SECRETS.A}`,
    'a\0',
  ],
  email: ['a', 'a@b', '@b.c', 'a@b.c,d@e.f', 'A <a@b.c>', 'a b@c.d', `${'x'.repeat(250)}@b.cd`],
  dependency: ['-g', '--save', 'git+ssh://a/b', 'github:a/b', './a', '/a', 'https://a/b.tgz', 'a b', ''],
  label: ['', 'product', 'get /x', 'GET  /x', 'GET /a b'],
  headerName: ['', 'a b', 'a:b'],
};

for (const [name, list] of Object.entries(right) as [GrammarName, string[]][]) {
  const { explain, pattern } = grammars[name];
  describe(name, () => {
    for (const word of list) {
      test(`'${word}' is right`, () => {
        assert.equal(explain(word), null);
        if (pattern) assert.match(word, pattern);
      });
    }
    for (const word of wrong[name] ?? []) {
      test(`'${word.slice(0, 40)}' is wrong`, () => assert.notEqual(explain(word), null));
    }
    test('the pattern for editors matches whatever is right', () => {
      if (!pattern) return;
      assert.equal(pattern.flags, '', 'a JSON Schema has no flags');
      const chunks = fc.constantFrom(
        ...list,
        ...list.join('').split(''),
        ' ',
        '..',
        ':',
        '/',
        ',',
        '@',
        '\n',
      );
      fc.assert(
        fc.property(fc.array(chunks, { maxLength: 4 }), (parts) => {
          const word = parts.join('');
          if (explain(word) === null) assert.match(word, pattern);
        }),
        { numRuns: 500 },
      );
    });
    test('reading takes no longer for a long word', () => {
      const long = [...list, '1', ' ', '1 ', 'a', 'a@', '.', '/', ':'].map((part) =>
        part.repeat(4096 / (part.length || 1)),
      );
      for (const word of long) {
        explain(word);
        pattern?.test(word);
        pattern?.test(`${word}\0`);
      }
    });
  });
}
