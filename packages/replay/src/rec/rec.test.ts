import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { anyExchange } from '../fixtures/exchanges.ts';
import { readRec } from './read-rec.ts';
import { writeRec } from './write-rec.ts';

const read = (text: string) => readRec(Buffer.from(text), 'a.rec');

test('what is written is read as it was', () => {
  fc.assert(
    fc.property(fc.array(anyExchange, { maxLength: 4 }), (exchanges) => {
      const { exchanges: back, notes } = readRec(writeRec(exchanges), 'a.rec');
      assert.deepEqual(back, exchanges);
      assert.deepEqual(notes, []);
    }),
    { numRuns: 2000 },
  );
});

test('what a person or a strange server wrote is read again as it was', () => {
  const pair = (remarks: string, header: string, status: string) =>
    `${remarks}GET http://a.test/ HTTP/1.1\n${header}\n\n\n${status}\n\n`;
  const tapes = [
    pair('# a\rb\n#2026-02-02T10:00:00.000Z 5 ms\n# ends in a blank \n', 'A: b', '200 OK'),
    pair('# 2026-02-02T10:00:00.000Z 999999999999999.5 ms\n', 'A: \xa0b\xa0', '200 \f'),
    pair(`# ${'9'.repeat(400)} ms\n`, 'A: \f', '200 \xa0'),
    pair('', 'Content-Type: multipart/form-data; boundary=x\n# body: 6 bytes\n\n--x\n--', '200'),
    pair('', 'A:\n b\n \xa0\nB: c', '200'),
  ];
  for (const tape of tapes) {
    const { exchanges } = readRec(Buffer.from(tape, 'latin1'), 'a.rec');
    assert.equal(exchanges.length, 1);
    assert.deepEqual(readRec(writeRec(exchanges), 'a.rec').exchanges, exchanges);
  }
});

test('a pair looks as recproxy wrote it', () => {
  const written = [
    '# the first tweet',
    '# 2026-02-02T10:00:00.000Z 143.5 ms',
    'POST /statuses/update.json HTTP/1.1',
    'Content-Length: XXX',
    'Content-Type: application/x-www-form-urlencoded',
    '',
    'status=hello&token=XXX',
    '',
    '200 OK',
    'Content-Type: application/json; charset=UTF-8',
    'Content-Length: 11',
    '',
    '{"id": 123}',
    '',
    'GET https://api.example.com/picture HTTP/1.1',
    '',
    '',
    'HTTP/1.0 200',
    '# body: base64',
    '',
    'AAEC',
    '',
  ].join('\n');
  const { exchanges } = read(written);
  assert.equal(exchanges.length, 2);
  assert.equal(exchanges[0]!.latencyMs, 143.5);
  assert.equal(exchanges[0]!.comment, 'the first tweet');
  assert.equal(exchanges[0]!.request.body.toString(), 'status=hello&token=XXX');
  assert.equal(exchanges[1]!.request.origin, 'https://api.example.com');
  assert.deepEqual([...exchanges[1]!.answer.body], [0, 1, 2]);
  assert.equal(writeRec(exchanges).toString(), written);
});

describe('lenient reading', () => {
  const published = [
    'POST /statuses/update.json HTTP/1.1',
    'Accept-Encoding: identity',
    'Content-Length: XXX',
    'Host: localhost:65535',
    '',
    '',
    '200 OK',
    'Content-Type: application/json; charset=UTF-8',
    'Content-Length: 11',
    '',
    '{"id": 123}',
  ];
  const tapes: [string, string][] = [
    ['the published example', published.join('\n')],
    ['CRLF', published.join('\r\n')],
    ['a byte order mark', `\ufeff${published.join('\n')}`],
    ['HTTP/1.1 in the status line', published.join('\n').replace('200 OK', 'HTTP/1.1 200 OK')],
    ['a length that no longer fits', published.join('\n').replace('Length: 11', 'Length: 9')],
    ['no version in the request line', published.join('\n').replace(' HTTP/1.1', '')],
    ['more blank lines than needed', `\n\n${published.join('\n')}\n\n\n\n`],
    [
      'blank lines between the headers',
      published.join('\n').replace(/(HTTP\/1.1|OK|identity|XXX|UTF-8)\n/g, '$1\n\n'),
    ],
    ['a header on two lines', published.join('\n').replace('json; charset', 'json;\n  charset')],
    ['remarks at the end', `${published.join('\n')}\n\n# the end\n`],
  ];
  for (const [what, text] of tapes) {
    test(what, () => {
      const { exchanges, notes } = read(text);
      assert.deepEqual(notes, []);
      assert.equal(exchanges.length, 1);
      const { request, answer } = exchanges[0]!;
      assert.deepEqual(
        [request.method, request.target, request.headers.length],
        ['POST', '/statuses/update.json', 3],
      );
      assert.deepEqual([answer.status, answer.reason, answer.body.toString()], [200, 'OK', '{"id": 123}']);
      assert.deepEqual(answer.headers[0], ['Content-Type', 'application/json; charset=UTF-8']);
      assert.equal(request.body.length, 0);
    });
  }

  test('a file that ends in the middle keeps what is whole', () => {
    const whole = writeRec(read(published.join('\n')).exchanges).toString();
    for (let length = 1; length < whole.length - 1; length++) {
      const { exchanges, notes } = read(`${whole}\n${whole.slice(0, length)}`.replace(/\n+$/, ''));
      assert.ok(exchanges.length === 1 || exchanges[1]?.answer.status !== 0, String(length));
      if (exchanges.length === 1 && length > 1) assert.match(notes[0] ?? '', /^a\.rec:13: the file ends/);
    }
    assert.deepEqual(read('').exchanges, []);
  });

  test('it says where an exchange is', () => {
    const tape = read(`${published.join('\n')}\n\n\n${published.join('\n')}`);
    assert.deepEqual(tape.exchanges.map(tape.placeOf), ['line 1', 'line 14']);
  });
});

describe('what cannot be read says line and column', () => {
  const wrongs: [string, string, RegExp][] = [
    [
      'no request',
      'hello\n',
      /^a\.rec:1:1: 'hello' is not the first line of a request.*GET \/path HTTP\/1\.1/,
    ],
    [
      'no answer',
      'GET / HTTP/1.1\nHost: x\n\nGET / HTTP/1.1\n',
      /^a\.rec:4:1: 'GET \/ HTTP\/1\.1' is not the first line of an/,
    ],
    [
      'no header',
      'GET / HTTP/1.1\nHost x\n\n\n200 OK\n',
      /^a\.rec:2:1: 'Host x' is not a header.*Name: value/,
    ],
    [
      'no rest of a header',
      'GET / HTTP/1.1\nA: b\n c\rd\n\n\n200 OK\n',
      /^a\.rec:3:1: .*\r.* is not a header/s,
    ],
    ['a strange remark', 'GET / HTTP/1.1\n# body: gzip\n\n\n200 OK\n', /^a\.rec:2:1: .*# body: 12 bytes/],
    ['broken base64', 'GET / HTTP/1.1\n# body: base64\n\nAA%A\n\n200 OK\n', /^a\.rec:4:3: .* is not base64/],
    ['a binary file', '\x7fELF\0\0\n\0', /^a\.rec:1:1: /],
  ];
  for (const [what, text, sentence] of wrongs) {
    test(what, () => assert.throws(() => read(text), { code: 'tape-wrong', message: sentence }));
  }

  test('whatever is read ends with a tape or with a sentence', () => {
    const chunk = fc.constantFrom(
      'GET / HTTP/1.1',
      '200 OK',
      'A: b',
      '',
      '# body: 3 bytes',
      '# body: base64',
      'abc',
      '\r',
      '#',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(chunk, fc.string()), { maxLength: 20 }), (lines) => {
        try {
          read(lines.join('\n'));
        } catch (error) {
          assert.equal((error as { code: string }).code, 'tape-wrong');
        }
      }),
      { numRuns: 2000 },
    );
  });
});
