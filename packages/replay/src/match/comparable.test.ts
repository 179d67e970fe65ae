import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { named, read } from '../fixtures/har-entries.ts';
import { readRec } from '../rec/read-rec.ts';
import { writeRec } from '../rec/write-rec.ts';
import { askedOf } from './asked.ts';
import { Deck, type DeckOptions } from './deck.ts';
import { describeNearest } from './difference.ts';

const typeOf = (boundary: string) => `multipart/form-data; boundary=${boundary}`;

function bodyOf(boundary: string, value: string | Buffer): Buffer {
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(value), Buffer.from(`\r\n--${boundary}--\r\n`)]);
}

const ask = (headers: Record<string, string>, body: Buffer) =>
  askedOf({ method: 'POST', origin: null, target: '/', headers: Object.entries(headers), body });

function found(
  recorded: { headers: Record<string, string>; body: Buffer },
  asked: { headers: Record<string, string>; body: Buffer },
  options: DeckOptions = {},
): boolean {
  const base = read({ method: 'POST' });
  const request = { ...base.request, headers: Object.entries(recorded.headers), body: recorded.body };
  const { exchanges } = readRec(writeRec([{ ...base, request }]), 'a.rec');
  return new Deck(exchanges, { origins: false, ...options }).find(ask(asked.headers, asked.body)) !== null;
}

describe('multipart with another boundary', () => {
  const chrome = '----WebKitFormBoundaryabcdefghijklmnop';
  const part = (boundary: string, value: string | Buffer, said = boundary) => ({
    headers: { 'Content-Type': typeOf(said) },
    body: bodyOf(boundary, value),
  });
  const picture = Buffer.from([0x89, 0x50, 0, 0xff, 0x0d, 0x0a]);
  const cases: [string, boolean, Parameters<typeof found>][] = [
    ['the same fields', true, [part(chrome, 'x'), part('X', 'x')]],
    ['bytes that are no text', true, [part(chrome, picture), part('--other', picture)]],
    ['XXX in a field', true, [part(chrome, 'token=XXX'), part('other', 'token=1')]],
    ['a boundary that is XXX', true, [part('XXX', 'x'), part('other', 'x')]],
    ['a quoted one', true, [part('a b', 'x', '"a b"'), part('other', 'x')]],
    ['one that the header does not name', true, [part(chrome, 'x', 'other'), part('Z', 'x')]],
    ['other fields', false, [part(chrome, 'x'), part('X', 'y')]],
    ['other bytes', false, [part(chrome, picture), part('X', Buffer.from([1, 2, 0]))]],
    ['a listed Content-Type', true, [part(chrome, 'x'), part('X', 'x'), { headers: ['content-type'] }]],
  ];
  for (const [what, wanted, args] of cases) test(what, () => assert.equal(found(...args), wanted));

  test("a browser's HAR matches another client, and keeps the boundary that was sent", () => {
    const text = bodyOf(chrome, 'x').toString();
    const exchange = read({
      method: 'POST',
      headers: named({ 'Content-Type': typeOf(chrome) }),
      postData: { mimeType: typeOf(chrome), text },
    });
    assert.equal(exchange.request.body.toString(), text);
    const deck = new Deck([exchange], { origins: false });
    const other = part('----formdata-undici-0123', 'x');
    assert.ok(deck.find(ask(other.headers, other.body)));
  });

  test('the difference that is told is that of the fields', () => {
    const text = `POST / HTTP/1.1\nContent-Type: ${typeOf(chrome)}\n\n${bodyOf(chrome, 'one')}\n200 OK\n`;
    const other = part('Z', 'two');
    const sentence = describeNearest(ask(other.headers, other.body), readRec(Buffer.from(text), 'a.rec'), []);
    assert.match(sentence, /its body has '.*one.*' and the request's '.*two/);
  });
});

describe('a body in a content coding', () => {
  const text = Buffer.from('{"a":1}');
  const gzip = { 'Content-Encoding': 'gzip' };
  const cases: [string, boolean, Parameters<typeof found>][] = [
    [
      'that the tape has as a text',
      true,
      [
        { headers: gzip, body: text },
        { headers: gzip, body: gzipSync(text) },
      ],
    ],
    [
      'that another compressor wrote',
      true,
      [
        { headers: gzip, body: gzipSync(text, { level: 1 }) },
        { headers: gzip, body: gzipSync(text, { level: 9 }) },
      ],
    ],
    [
      'that is another',
      true,
      [
        { headers: gzip, body: text },
        { headers: { 'content-encoding': 'br' }, body: brotliCompressSync(text) },
      ],
    ],
    [
      'with another text',
      false,
      [
        { headers: gzip, body: text },
        { headers: gzip, body: gzipSync('{}') },
      ],
    ],
  ];
  for (const [what, wanted, args] of cases) test(what, () => assert.equal(found(...args), wanted));
});

test('of a body larger than the cap, the beginning is compared', () => {
  const base = read({ method: 'POST' });
  for (const [body, asked, wanted] of [
    ['abc', 'abcdef', true],
    ['a=XXX&b', 'a=secret&bc', true],
    ['abc', 'abd', false],
    [Buffer.from([0, 1]), Buffer.from([0, 1, 2]), true],
  ] as const) {
    const request = { ...base.request, body: Buffer.from(body), cutFrom: 100 };
    const deck = new Deck([{ ...base, request }], { origins: false });
    assert.equal(deck.find(ask({}, Buffer.from(asked))) !== null, wanted, String(body));
  }
});
