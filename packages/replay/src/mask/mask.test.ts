import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { readRec } from '../rec/read-rec.ts';
import { writeRec } from '../rec/write-rec.ts';
import { Fakes } from './fake.ts';
import { Masker } from './masker.ts';

const jwt = [{ alg: 'HS256' }, { sub: 'alice@example.com', exp: 1_999_999_999, name: 'Alice' }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .concat('c2lnbmF0dXJlLW9mLWl0')
  .join('.');

/** Masks a pair as it stands in a .rec file. */
function mask(pair: string, masker = new Masker()): string {
  const { exchanges } = readRec(Buffer.from(pair), 'a.rec');
  return writeRec(exchanges.map((exchange) => masker.mask(exchange))).toString();
}

const pair = (request: string, answer = '200 OK\n') => `${request}\n\n${answer}`;

describe('secrets never reach the file', () => {
  const secret = 'hunter22-Zx9';
  const cases: [string, string][] = [
    ['Authorization', pair(`GET / HTTP/1.1\nAuthorization: Bearer ${secret}\n`)],
    ['Cookie', pair(`GET / HTTP/1.1\nCookie: lang=en; sid=${secret}\n`)],
    ['a header of that name', pair(`GET / HTTP/1.1\nX-Api-Key: ${secret}\n`)],
    ['query', pair(`GET /a?access_token=${secret}&b=1 HTTP/1.1\n`)],
    [
      'form',
      pair(`POST / HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\n\na=b&Password=${secret}`),
    ],
    ['JSON', pair(`POST / HTTP/1.1\n\n{"user": {"password": "${secret}"}}`)],
    ['XML', pair(`POST / HTTP/1.1\n\n<login><password>${secret}</password></login>`)],
    [
      'multipart',
      pair(
        `POST / HTTP/1.1\n\n--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n${secret}\r\n--x--`,
      ),
    ],
    ['Referer', pair(`GET / HTTP/1.1\nReferer: http://a/?token=${secret}\n`)],
    ['Set-Cookie', pair('GET / HTTP/1.1\n', `200 OK\nSet-Cookie: sid=${secret}; Path=/\n`)],
    ['Location', pair('GET / HTTP/1.1\n', `302 Found\nLocation: /x?token=${secret}\n`)],
    ['JSON of an answer', pair('GET / HTTP/1.1\n', `200 OK\n\n{"refreshToken":"${secret}"}`)],
    ['a field of a form', pair('GET / HTTP/1.1\n', `200 OK\n\n<input name="csrf_token" value="${secret}">`)],
    [
      'the field the other way round',
      pair('GET / HTTP/1.1\n', `200 OK\n\n<input value="${secret}" name="_csrf">`),
    ],
    [
      'named in the answer, used in the path',
      pair(`GET /s/${secret} HTTP/1.1\n`, `200 OK\n\n{"token":"${secret}"}`),
    ],
    [
      'a cookie that the page shows',
      pair(`GET / HTTP/1.1\nCookie: s=${secret}\n`, `200 OK\n\nYou are ${secret}.`),
    ],
  ];
  for (const [what, text] of cases) {
    test(what, () => {
      assert.ok(text.includes(secret));
      const masked = mask(text);
      assert.ok(!masked.includes(secret), masked);
      assert.ok(!masked.includes(encodeURIComponent(secret)));
    });
  }

  test('a secret stays one in later exchanges', () => {
    const masker = new Masker();
    mask(pair('GET / HTTP/1.1\n', `200 OK\n\n{"token":"${secret}"}`), masker);
    assert.match(mask(pair(`GET /s/${secret}?a=1 HTTP/1.1\n`), masker), /^GET \/s\/XXX\?a=1 /);
  });

  test("a person's own patterns", () => {
    const masker = new Masker([/iban[:=](\w+)/, /4711\d+/]);
    const masked = mask(pair('GET /?iban=DE1234 HTTP/1.1\n', '200 OK\n\nno 47110815, iban:DE99'), masker);
    assert.match(masked, /GET \/\?iban=XXX/);
    assert.doesNotMatch(masked, /47110815|DE99/);
  });

  test('gzip is unpacked, so that nothing hides in it', () => {
    const coded = gzipSync(`{"token":"${secret}"}`).toString('base64');
    const masked = mask(
      pair('GET / HTTP/1.1\n', `200 OK\nContent-Encoding: gzip\n# body: base64\n\n${coded}\n`),
    );
    assert.match(masked, /"token":"[a-z]{6}[1-9]{2}-[A-Z][a-z]\d"/);
  });

  test('the boundary of a multipart body is not the next one', () => {
    const masked = mask(
      pair(
        'POST / HTTP/1.1\nContent-Type: multipart/form-data; boundary=----abc123456\n\n------abc123456\r\n\r\nx\r\n------abc123456--',
      ),
    );
    assert.match(masked, /boundary=XXX\n/);
    assert.match(masked, /^--XXX\r\n\r\nx\r\n--XXX--$/m);
  });
});

describe('what is no secret stays', () => {
  const same = [
    pair(
      'GET /?page=2&monkey=1 HTTP/1.1\nUser-Agent: x\n',
      '200 OK\nETag: "1"\n\n{"token_type":"bearer","expires_in":3600}',
    ),
    pair('POST / HTTP/1.1\n\n{"keyboard":"de","passenger":"Anna"}'),
  ];
  for (const [i, text] of same.entries()) {
    test(`pair ${i + 1}`, () => {
      const { exchanges } = readRec(Buffer.from(text), 'a.rec');
      assert.deepEqual(
        exchanges.map((exchange) => new Masker().mask(exchange)),
        exchanges,
      );
    });
  }
});

describe('a fake has the shape of the secret', () => {
  const fakes = new Fakes();

  test('a JWT stays a JWT with its times', () => {
    const [head = '', claims = '', ...rest] = fakes.of(jwt).split('.');
    assert.equal(rest.length, 1);
    assert.deepEqual(JSON.parse(Buffer.from(head, 'base64url').toString()), { alg: 'HS256' });
    const { exp, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString());
    assert.equal(exp, 1_999_999_999);
    assert.match(sub, /^[a-z]{5}@[a-z]{7}\.[a-z]{3}$/);
    assert.notEqual(sub, 'alice@example.com');
  });

  test('a UUID stays a UUID', () => {
    const uuid = '123e4567-e89b-42d3-a456-426614174000';
    assert.match(fakes.of(uuid), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.notEqual(fakes.of(uuid), uuid);
  });

  test('length and kinds of characters stay, and so does which is which', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const fake = fakes.of(text);
        assert.equal(fake.length, text.length);
        assert.equal(fake.replace(/\d/g, '9'), fake.replace(/\d/g, '9'));
        assert.equal(fakes.of(text), fake);
      }),
    );
    assert.notEqual(new Fakes().of('abcdefgh'), new Fakes().of('abcdefgh'));
  });
});
