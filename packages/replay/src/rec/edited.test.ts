// Tapes that people's editors, shells and version control have had in their hands.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { anyExchange } from '../fixtures/exchanges.ts';
import { askedOf } from '../match/asked.ts';
import { Deck } from '../match/deck.ts';
import { readRec } from './read-rec.ts';
import { writeRec } from './write-rec.ts';

const read = (text: string | Buffer) => readRec(Buffer.from(text), 'a.rec');

describe('line ends', () => {
  const lines = [
    'POST /a HTTP/1.1',
    'Host: x',
    '',
    'a=1',
    '',
    '200 OK',
    'Content-Length: 5',
    '',
    'o',
    '',
    'k!',
    '',
    'GET /b HTTP/1.1',
    'Host: y',
    '',
    '',
    '404 Not Found',
    'X: 1',
    '',
    'gone',
    '',
  ];

  test('LF and CRLF may stand in one file, line by line', () => {
    const wanted = read(lines.join('\n')).exchanges;
    assert.equal(wanted.length, 2);
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: lines.length, maxLength: lines.length }), (crlf) => {
        crlf[1] = crlf[6] = crlf[17] = true; // a message with a CRLF in its head was edited
        const text = lines
          .map((line, i) => line + (i === lines.length - 1 ? '' : crlf[i] ? '\r\n' : '\n'))
          .join('');
        assert.deepEqual(read(text).exchanges, wanted);
      }),
      { numRuns: 500 },
    );
  });

  test('a file that became CRLF keeps its bodies, multipart too', () => {
    const multipart = '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--B--\r\n';
    const type = 'multipart/form-data; boundary=B';
    for (const length of [`Content-Length: ${multipart.length}\n`, 'Content-Length: XXX\n', '']) {
      const text = `POST / HTTP/1.1\nContent-Type: ${type}\n${length}\n${multipart}\n200 OK\n\n{\n}\n`;
      const edited = text.replaceAll(/\r?\n/g, '\r\n');
      const [exchange] = read(edited).exchanges;
      assert.equal(exchange!.request.body.toString().trimEnd(), multipart.trimEnd());
      assert.equal(exchange!.answer.body.toString(), '{\n}');
    }
  });

  test('a file that version control made LF has its multipart as it was', () => {
    const multipart = '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--B--\r\n';
    const type = 'multipart/form-data; boundary=B';
    const [exchange] = read('POST / HTTP/1.1\nHost: x\n\n\n200 OK\n').exchanges;
    for (const length of [String(multipart.length), 'XXX', null]) {
      const headers = [
        ['Content-Type', type] as const,
        ...(length === null ? [] : [['Content-Length', length] as const]),
      ];
      const request = { ...exchange!.request, headers, body: Buffer.from(multipart) };
      const text = writeRec([{ ...exchange!, request }]).toString();
      const [back] = read(text.replaceAll('\r\n', '\n')).exchanges;
      assert.equal(back!.request.body.toString().trimEnd(), multipart.trimEnd(), text);
      const deck = new Deck([back!]);
      assert.ok(deck.find(askedOf(request)), String(length));
    }
    const sloppy = Buffer.from(multipart.replaceAll('\r\n', '\n'));
    const headers = [['Content-Type', type]] as const;
    const [kept] = read(
      writeRec([{ ...exchange!, request: { ...exchange!.request, headers, body: sloppy } }]),
    ).exchanges;
    assert.deepEqual(kept!.request.body, sloppy);
  });

  test('whatever was written is read after its heads became CRLF', () => {
    fc.assert(
      fc.property(anyExchange, (exchange) => {
        fc.pre(!exchange.request.body.includes('\n') && !exchange.answer.body.includes('\n'));
        const text = writeRec([exchange]).toString('latin1').replaceAll('\n', '\r\n');
        const [back] = read(Buffer.from(text, 'latin1')).exchanges;
        const { comment: _, ...wanted } = exchange;
        const { comment: __, ...got } = back!;
        assert.deepEqual(got, wanted);
      }),
      { numRuns: 1000 },
    );
  });
});

test('a method in small letters is the one that everybody knows; others stay as they are', () => {
  const { exchanges } = read('get /a HTTP/1.1\n\n\n200 OK\n\n\nmyOwn /a HTTP/1.1\n\n\n200 OK\n');
  assert.deepEqual(
    exchanges.map(({ request }) => request.method),
    ['GET', 'myOwn'],
  );
});

describe('a path that is not ASCII', () => {
  const encoded = '/%C3%BC?q=%F0%9F%94%A5';

  test('is read and written percent-encoded', () => {
    const { exchanges } = read('GET http://bücher.test/ü?q=🔥 HTTP/1.1\n\n\n200 OK\n');
    assert.equal(exchanges[0]!.request.target, encoded);
    assert.equal(exchanges[0]!.request.origin, 'http://xn--bcher-kva.test');
    const raw = { ...exchanges[0]!.request, target: Buffer.from('/ü?q=🔥').toString('latin1') };
    assert.match(writeRec([{ ...exchanges[0]!, request: raw }]).toString(), /\/%C3%BC\?q=%F0%9F%94%A5 HTTP/);
  });

  test('is found by clients that encode it and by those that do not', () => {
    const deck = new Deck(read('GET /ü?q=🔥 HTTP/1.1\n\n\n200 OK\n').exchanges);
    for (const target of [encoded, Buffer.from('/ü?q=🔥').toString('latin1')]) {
      const body = Buffer.alloc(0);
      assert.ok(deck.find(askedOf({ method: 'GET', origin: null, target, headers: [], body })), target);
    }
  });
});

test('a file in UTF-16 is refused by that name', () => {
  const text = 'GET / HTTP/1.1\r\n\r\n\r\n200 OK\r\n';
  const little = Buffer.from(text, 'utf16le');
  const marked = Buffer.concat([Buffer.from([0xff, 0xfe]), little]);
  for (const bytes of [little, marked, Buffer.from(marked).swap16(), Buffer.from(little).swap16()])
    assert.throws(() => read(bytes), {
      code: 'tape-wrong',
      message: /^a\.rec is UTF-16, .*Save it in UTF-8/,
    });
});

test('base64 that lost its end is refused, and not cut', () => {
  for (const bad of ['AAECA', 'AA=C', '====='])
    assert.throws(() => read(`POST / HTTP/1.1\n# body: base64\n\n${bad}\n\n200 OK\n`), /is not whole base64/);
});
