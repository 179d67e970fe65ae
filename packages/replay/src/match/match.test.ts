import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readRec } from '../rec/read-rec.ts';
import type { Tape } from '../tape/exchange.ts';
import { pairs } from '../tape/headers.ts';
import { askedOf } from './asked.ts';
import { Deck, type DeckOptions } from './deck.ts';
import { describeNearest } from './difference.ts';
import { Pattern } from './pattern.ts';

/** A tape of requests, each answered with its number. */
function tape(...requests: string[]): Tape {
  const text = requests.map((request, i) => `${request}\n\n200 OK\n\n${i + 1}\n`).join('\n');
  return readRec(Buffer.from(text), 'a.rec');
}

/** `POST /a?b=c`, headers as a flat list, body. */
function ask(line: string, headers: string[] = [], body = '') {
  const [method = '', url = ''] = line.split(' ');
  const [, origin = null, target = ''] = /^(https?:\/\/[^/]+)?(.*)$/.exec(url) ?? [];
  return askedOf({ method, origin, target, headers: pairs(headers), body: Buffer.from(body) });
}

/** The number of the answer that each request gets; null for none. */
function answers(
  requests: string[],
  asked: ReturnType<typeof ask>[],
  options?: DeckOptions,
): (number | null)[] {
  const deck = new Deck(tape(...requests).exchanges, options);
  return asked.map((each) => {
    const found = deck.find(each);
    return found && Number(found.answer.body.toString());
  });
}

const get = (target: string, ...headers: string[]) => [`GET ${target} HTTP/1.1`, ...headers, ''].join('\n');
const post = (target: string, body: string) => `POST ${target} HTTP/1.1\n\n${body}`;

describe('a request gets the recording with its method, path, query and body', () => {
  const cases: [string, string[], ReturnType<typeof ask>, number | null, DeckOptions?][] = [
    ['the same', [get('/a'), get('/b')], ask('GET /b'), 2],
    ['another method', [get('/a')], ask('POST /a'), null],
    ['another path', [get('/a')], ask('GET /a/'), null],
    ['the query in another order', [get('/a?x=1&y=2')], ask('GET /a?y=2&x=1'), 1],
    ['one part of the query more', [get('/a?x=1')], ask('GET /a?x=1&y=2'), null],
    ['the same part twice', [get('/a?x=1&x=1')], ask('GET /a?x=1'), null],
    ['XXX in the query', [get('/a?x=XXX&y=2')], ask('GET /a?y=2&x=secret'), 1],
    ['XXX in the path', [get('/users/XXX/cart')], ask('GET /users/17/cart'), 1],
    ['XXX in the body', [post('/a', 'token=XXX&n=1')], ask('POST /a', [], 'token=abc&n=1'), 1],
    [
      'all else in the body is literal',
      [post('/a', 'token=XXX&n=1')],
      ask('POST /a', [], 'token=abc&n=2'),
      null,
    ],
    ['XXX in the query and another body', [post('/a?k=XXX', 'b')], ask('POST /a?k=1', [], 'c'), null],
    ['the most specific', [get('/a?x=XXX'), get('/a?x=1'), get('/a?XXX')], ask('GET /a?x=1'), 2],
    [
      'the longer pattern',
      [post('/a', 'XXX'), post('/a', 'abXXX'), post('/a', 'aXXX')],
      ask('POST /a', [], 'abc'),
      2,
    ],
    ['a literal path before one with XXX', [get('/XXX'), get('/a')], ask('GET /a'), 2],
    ['headers do not count', [get('/a', 'User-Agent: old')], ask('GET /a', ['User-Agent', 'new']), 1],
    ['but where they hold XXX', [get('/a', 'Authorization: Bearer XXX')], ask('GET /a'), null],
    [
      'XXX in a header',
      [get('/a', 'Authorization: Bearer XXX')],
      ask('GET /a', ['authorization', 'Bearer 1']),
      1,
    ],
    ['with and without a header', [get('/a'), get('/a', 'Cookie: XXX')], ask('GET /a', ['Cookie', 's=1']), 2],
    ['Content-Length: XXX', [get('/a', 'Content-Length: XXX')], ask('GET /a'), 1],
    [
      'a listed header',
      [get('/a', 'V: 1'), get('/a', 'V: 2')],
      ask('GET /a', ['v', '2']),
      2,
      { headers: ['V'] },
    ],
    [
      'a listed header that was not recorded',
      [get('/a')],
      ask('GET /a', ['v', '2']),
      null,
      { headers: ['V'] },
    ],
    ['its own server', [get('http://a.test/x'), get('http://b.test/x')], ask('GET http://b.test/x'), 2],
    ['another server', [get('http://a.test/x')], ask('GET http://b.test/x'), null],
    ['any server', [get('/x')], ask('GET http://b.test/x'), 1],
    ['a stand-in asks for no server', [get('http://a.test/x')], ask('GET /x'), 1, { origins: false }],
  ];
  for (const [what, requests, asked, wanted, options] of cases) {
    test(what, () => assert.deepEqual(answers(requests, [asked], options), [wanted]));
  }

  test('binary bodies are literal, XXX or not', () => {
    const bytes = Buffer.from([0, 0x58, 0x58, 0x58, 1]);
    const { exchanges } = readRec(
      Buffer.from(`POST / HTTP/1.1\n# body: base64\n\n${bytes.toString('base64')}\n\n200 OK\n`),
      'a.rec',
    );
    const asked = (body: Buffer) => askedOf({ method: 'POST', origin: null, target: '/', headers: [], body });
    assert.ok(new Deck(exchanges).find(asked(bytes)));
    assert.equal(new Deck(exchanges).find(asked(Buffer.from([0, 2, 1]))), null);
  });
});

test('many recordings of one path that differ in a listed header alone', () => {
  const requests = Array.from({ length: 30 }, (_, i) => get('/a', `V: ${i}`));
  const asked = [0, 7, 8, 9, 29, 30].map((i) => ask('GET /a', ['V', String(i)]));
  assert.deepEqual(answers([...requests, ...requests], asked, { headers: ['V'] }), [1, 8, 9, 10, 30, null]);
});

test('repeats play in order and stay at the last; in a run they begin anew', () => {
  const requests = [get('/a'), get('/b'), get('/a'), get('/a')];
  const asked = Array.from({ length: 5 }, () => ask('GET /a'));
  assert.deepEqual(answers(requests, asked), [1, 3, 4, 4, 4]);
  assert.deepEqual(answers(requests, asked, { repeats: 'cycle' }), [1, 3, 4, 1, 3]);
});

test('a pattern matches what can be had by putting anything in place of XXX', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string().map((text) => text.replaceAll('X', '')),
        { minLength: 1, maxLength: 4 },
      ),
      fc.array(fc.string(), { minLength: 3, maxLength: 3 }),
      (chunks, fillings) => {
        const text = chunks.reduce((all, chunk, i) => all + fillings[i - 1] + chunk);
        assert.ok(new Pattern(chunks.join('XXX')).matches(text));
      },
    ),
  );
  for (const [pattern, text] of [
    ['aXXXa', 'a'],
    ['aXXXbXXXb', 'ab'],
    ['abXXXbc', 'abc'],
  ] as const) {
    assert.ok(!new Pattern(pattern).matches(text), `${pattern} ${text}`);
  }
});

describe('without a recording, the nearest is named with its place and the difference', () => {
  const recorded = tape(
    get('/users?page=1'),
    post('/pay', '{"amount": 10, "to": "XXX"}'),
    get('/users/7', 'Authorization: XXX'),
  );
  const cases: [ReturnType<typeof ask>, RegExp][] = [
    [
      ask('GET /users?page=2'),
      /GET \/users\?page=1 \(line 1\): its query has page=1, the request's query has page=2\./,
    ],
    [
      ask('POST /pay', [], '{"amount": 99, "to": "me"}'),
      /POST \/pay \(line 8\): from byte 12 its body has .*10.*99/,
    ],
    [ask('GET /users/7'), /the request has no header authorization/],
    [ask('GET /user?page=1'), /GET \/users\?page=1 .* its path is \/users and not \/user\./],
    [ask('PUT /pay'), /POST \/pay .*its method is POST and not PUT/],
    [ask('DELETE /other'), /The tape has no DELETE at all/],
  ];
  for (const [asked, sentence] of cases) {
    test(`${asked.method} ${asked.path}`, () => assert.match(describeNearest(asked, recorded, []), sentence));
  }
  test('on a huge tape', () => {
    const huge = tape(
      ...Array.from({ length: 20_000 }, (_, i) => get(`/v1/items/${i}`)),
      ...Array.from({ length: 2000 }, (_, i) => post('/graphql', `{"n": ${i}}`)),
    );
    assert.match(
      describeNearest(ask('GET /v1/items/99999'), huge, []),
      /GET \/v1\/items\/\d+ .* its path is/,
    );
    assert.match(describeNearest(ask('GET /v1/items/19999?a=b'), huge, []), /GET \/v1\/items\/19999 \(/);
    assert.match(
      describeNearest(ask('POST /graphql', [], '{"n": x}'), huge, []),
      /POST \/graphql .*'\{"n": x\}'/,
    );
  });
  test('an empty tape', () => assert.match(describeNearest(ask('GET /'), tape(), []), /empty/));
});
