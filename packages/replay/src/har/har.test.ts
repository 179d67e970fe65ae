import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { anyExchange } from '../fixtures/exchanges.ts';
import { readRec } from '../rec/read-rec.ts';
import { writeRec } from '../rec/write-rec.ts';
import { jsonMistakeAt } from './json-mistake.ts';
import { readHar } from './read-har.ts';
import { writeHar } from './write-har.ts';

test('what is written is read as it was', () => {
  fc.assert(
    fc.property(fc.array(anyExchange, { maxLength: 4 }), (exchanges) => {
      assert.deepEqual(readHar(writeHar(exchanges), 'a.har').exchanges, exchanges);
    }),
    { numRuns: 1000 },
  );
});

test('from one format to the other and back, nothing is lost', () => {
  fc.assert(
    fc.property(fc.array(anyExchange, { maxLength: 4 }), (exchanges) => {
      const rec = writeRec(exchanges);
      const har = writeHar(readRec(rec, 'a.rec').exchanges);
      assert.ok(writeRec(readHar(har, 'a.har').exchanges).equals(rec));
      assert.ok(writeHar(readRec(rec, 'a.rec').exchanges).equals(har));
    }),
    { numRuns: 1000 },
  );
});

const entry = {
  startedDateTime: '2026-02-02T10:00:00.000Z',
  time: 90,
  request: {
    method: 'GET',
    url: 'https://shop.test/a?b=c',
    httpVersion: 'HTTP/1.1',
    headers: [],
    headersSize: -1,
  },
  response: {
    status: 200,
    statusText: 'OK',
    httpVersion: 'HTTP/1.1',
    headers: [],
    content: { size: 2, text: 'ok' },
  },
  timings: { send: 1, wait: 20, receive: 3, blocked: 60 },
};
const har = (...entries: unknown[]) => Buffer.from(JSON.stringify({ log: { version: '1.2', entries } }));
const merged = (request: object, response: object, rest: object = {}) => ({
  ...entry,
  ...rest,
  request: { ...entry.request, ...request },
  response: { ...entry.response, ...response },
});

describe('what no tape can hold', () => {
  const refused: [what: string, request: object, sentence: RegExp][] = [
    ['a method that is no token', { method: '../GET' }, /'..\/GET' is no method/],
    ['a method that is a remark', { method: '#GET' }, /'#GET' is no method/],
    ['an address that is none', { url: 'http://me:../a' }, /is no URL/],
  ];
  for (const [what, request, sentence] of refused)
    test(`${what} is refused`, () =>
      assert.throws(() => readHar(har(merged(request, {})), 'a.har'), {
        code: 'tape-wrong',
        message: sentence,
      }));

  test('numbers and characters that mean nothing are left out, so that a .rec is the same tape', () => {
    const strange = [
      merged({}, { content: { size: 1e308 } }, { time: 1e308, timings: {} }),
      merged({}, {}, { startedDateTime: '+123456-01-01T00:00:00.000Z', comment: 'a\r\nb\r\ud800' }),
      merged({}, {}, { comment: '2026-02-02T10:00:00.000Z 5 ms\n 7 ms\nblank ' }),
    ];
    const { exchanges } = readHar(har(...strange), 'a.har');
    assert.deepEqual(readRec(writeRec(exchanges), 'a.rec').exchanges, exchanges);
    assert.deepEqual(readHar(writeHar(exchanges), 'a.har').exchanges, exchanges);
  });
});

describe('what exporters do', () => {
  const first = (...args: Parameters<typeof merged>) => readHar(har(merged(...args)), 'a.har').exchanges[0]!;

  test("the server's own time counts, not the browser's queue", () =>
    assert.equal(first({}, {}).latencyMs, 24));

  test('Chrome: HTTP/2 with pseudo headers, joined cookies, no status text', () => {
    const { request, answer } = first(
      {
        httpVersion: 'h2',
        headers: [
          { name: ':authority', value: 'shop.test' },
          { name: 'accept', value: '*/*' },
        ],
      },
      {
        httpVersion: 'http/2.0',
        statusText: '',
        headers: [{ name: 'set-cookie', value: 'a=1; Path=/\nb=2' }],
      },
    );
    assert.deepEqual([request.version, answer.version, answer.reason], ['2', '2', '']);
    assert.deepEqual(request.headers, [['accept', '*/*']]);
    assert.deepEqual(answer.headers, [
      ['set-cookie', 'a=1; Path=/'],
      ['set-cookie', 'b=2'],
    ]);
  });

  const leftOut: [string, object, object, RegExp][] = [
    [
      'Chrome: blocked',
      {},
      { status: 0, _error: 'net::ERR_BLOCKED_BY_CLIENT' },
      /never answered \(net::ERR_BLOCKED/,
    ],
    ['Chrome: data URL', { url: 'data:image/png;base64,AAAA' }, {}, /not on the network/],
    ['Firefox: WebSocket', { url: 'wss://shop.test/live' }, { status: 101 }, /WebSocket/],
    ['Charles: tunnel', { method: 'CONNECT', url: 'https://shop.test:443' }, {}, /tunnel/],
    [
      'Playwright: failed',
      {},
      { status: -1, _failureText: 'net::ERR_FAILED' },
      /never answered \(net::ERR_FAILED\)/,
    ],
  ];
  for (const [what, request, response, sentence] of leftOut) {
    test(`${what} is left out and said`, () => {
      const { exchanges, notes } = readHar(har(entry, merged(request, response)), 'a.har');
      assert.equal(exchanges.length, 1);
      assert.match(notes[0] ?? '', sentence);
      assert.match(notes[0] ?? '', /^a\.har: entry 2 /);
    });
  }

  test('Chrome and Firefox: a body that was not exported', () => {
    const tape = readHar(har(merged({}, { content: { size: 4711, comment: 'not included' } })), 'a.har');
    assert.equal(tape.exchanges[0]!.answer.cutFrom, 4711);
    assert.match(tape.notes[0] ?? '', /body \(4711 bytes\) is not in the file/);
  });

  test('Firefox and Charles: form fields without text', () => {
    const params = [
      { name: 'a b', value: '1' },
      { name: 'c', value: 'ü' },
    ];
    const { request } = first({ postData: { mimeType: 'application/x-www-form-urlencoded', params } }, {});
    assert.equal(request.body.toString(), 'a+b=1&c=%C3%BC');
  });

  test('Playwright: bodies in files of their own', () => {
    const wanted = har(merged({}, { content: { size: 2, _file: 'abc.html' } }));
    const { exchanges } = readHar(wanted, 'a.har', (path) => Buffer.from(`content of ${path}`));
    assert.equal(exchanges[0]!.answer.body.toString(), 'content of abc.html');
  });

  test('Charles: a byte order mark, offsets without a colon, times of -1, base64', () => {
    const strange = merged(
      {},
      { content: { size: 3, text: 'AAEC', encoding: 'base64' } },
      {
        startedDateTime: '2026-02-02T11:00:00.000+0100',
        time: -1,
        timings: { send: -1, wait: -1, receive: -1 },
      },
    );
    const { exchanges } = readHar(Buffer.concat([Buffer.from('\ufeff'), har(strange)]), 'a.har');
    assert.equal(exchanges[0]!.startedAt, Date.parse('2026-02-02T10:00:00.000Z'));
    assert.equal(exchanges[0]!.latencyMs, null);
    assert.deepEqual([...exchanges[0]!.answer.body], [0, 1, 2]);
  });

  test('Chrome: a text in another charset is UTF-8 from here on, and its header says so', () => {
    const headers = [{ name: 'content-type', value: 'text/html; charset=iso-8859-1' }];
    const { answer } = first({}, { headers, content: { size: 5, text: 'grüße' } });
    assert.deepEqual(answer.headers, [['content-type', 'text/html; charset=utf-8']]);
    assert.equal(answer.body.toString(), 'grüße');
    const plain = first({}, { headers, content: { size: 5, text: 'plain' } });
    assert.deepEqual(plain.answer.headers, [['content-type', 'text/html; charset=iso-8859-1']]);
  });

  test('a body whose bytes are UTF-8 though its header says otherwise is kept as it was', () => {
    const exchange = first({}, { content: { size: 5, text: 'grüße' } });
    const lying = { ...exchange.answer, headers: [['Content-Type', 'text/plain; charset=ascii']] as const };
    const tape = readHar(writeHar([{ ...exchange, answer: lying }]), 'a.har');
    assert.deepEqual(tape.exchanges[0]!.answer, lying);
  });

  test('addresses lose fragment, user and the usual port', () => {
    const { request } = first({ url: 'https://me:secret@Shop.test:443?q=1#top' }, {});
    assert.deepEqual([request.origin, request.target], ['https://shop.test', '/?q=1']);
  });
});

test('the place of a mistake is where the JSON stops being JSON', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (json, n) => {
      assert.equal(jsonMistakeAt(json), json.length);
      const at = json.length === 0 ? 0 : n % json.length;
      const broken = `${json.slice(0, at)}\x01${json.slice(at)}`;
      assert.ok(jsonMistakeAt(broken) <= at);
    }),
  );
});

describe('what cannot be read', () => {
  const wrongs: [string, Buffer, RegExp][] = [
    ['no JSON', Buffer.from('{\n  "log": oops'), /^a\.har:2:10: Unexpected token/],
    ['a cut file', Buffer.from('{"log":{"entries":[{"a":'), /^a\.har:1:25: the file ends too early/],
    ['no HAR', Buffer.from('{"a": 1}'), /no log\.entries/],
    ['null', Buffer.from('null'), /no log\.entries/],
    ['no method', har({ request: {} }), /^a\.har: entry 1: request\.method is missing/],
    ['no URL', har(entry, merged({ url: undefined }, {})), /^a\.har: entry 2: request\.url is missing/],
    ['a strange status', har(merged({}, { status: 'fine' })), /entry 1: response\.status is "fine"/],
    ['an entry that is none', har(7), /entry 1: request\.method is missing/],
  ];
  for (const [what, bytes, sentence] of wrongs) {
    test(`${what} is refused with a sentence`, () =>
      assert.throws(() => readHar(bytes, 'a.har'), { code: 'tape-wrong', message: sentence }));
  }

  test('a recorder that was killed leaves whole entries', () => {
    const [one] = fc.sample(anyExchange, { numRuns: 1, seed: 1 });
    const two = writeHar([one!, one!]).toString();
    const second = two.lastIndexOf('\n{') + 1;
    for (const length of [second, second + 1, second + 100]) {
      const { exchanges, notes } = readHar(Buffer.from(two.slice(0, length)), 'a.har');
      assert.equal(exchanges.length, 1);
      assert.match(notes[0] ?? '', /ends in the middle of its last entry/);
    }
    assert.equal(readHar(Buffer.from(two.slice(0, two.indexOf('\n{') + 9)), 'a.har').exchanges.length, 0);
  });
});
