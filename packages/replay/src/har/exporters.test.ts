// What exporters leave out, put elsewhere or say wrongly of a request: it is read as it was sent, or a note says what is lost.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { entryOf, harOf, named, read } from '../fixtures/har-entries.ts';
import { header } from '../tape/headers.ts';
import { readHar } from './read-har.ts';
import { writeHar } from './write-har.ts';

describe('addresses', () => {
  const cases: [string, object, string, RegExp?][] = [
    [
      'Insomnia: the query in its list alone',
      { url: 'http://h.test/search', queryString: named({ q: 'a b&c', page: '2' }) },
      '/search?q=a%20b%26c&page=2',
    ],
    ['a list that is encoded', { queryString: named({ q: 'a%20b', 'x[]': '%26' }) }, '/?q=a%20b&x[]=%26'],
    [
      'a list with a per cent sign',
      { queryString: named({ q: '5% of', y: '%41' }) },
      '/?q=5%25%20of&y=%2541',
    ],
    ['an empty query', { url: 'http://h.test/a?', queryString: named({ q: '' }) }, '/a?q='],
    [
      'a list that says more than the address',
      { url: 'http://h.test/a?q=1', queryString: named({ q: '1', key: 'ü' }) },
      '/a?q=1&key=%C3%BC',
      /entry 1: its address lacks key of its queryString, which was added/,
    ],
    [
      'Chrome: the same query, decoded',
      {
        url: 'http://h.test/a?q%5B%5D=a+b&q%5B%5D=%20&e=&f',
        queryString: named({ 'q[]': 'a b', e: '', f: '' }),
      },
      '/a?q%5B%5D=a+b&q%5B%5D=%20&e=&f',
    ],
    [
      'two question marks, a semicolon',
      { url: 'http://h.test/cb?a=1;b=2&next=/a?b=1' },
      '/cb?a=1;b=2&next=/a?b=1',
    ],
    [
      'Charles, Postman: blanks',
      { url: 'http://h.test/a b/ü?q=1 2&🔥' },
      '/a%20b/%C3%BC?q=1%202&%F0%9F%94%A5',
    ],
    ['blanks at the ends, line ends within', { url: ' http://h.test/a\r\n\tb ' }, '/ab'],
    ['a path without a slash', { url: 'http://h.test?q=1' }, '/?q=1'],
    ['bytes of the first Marteau', { url: 'http://h.test/Ã¼' }, '/%C3%BC'],
  ];
  for (const [what, request, target, noted] of cases) {
    test(what, () => {
      const { request: got, notes } = read(request);
      assert.equal(got.target, target);
      if (noted === undefined) assert.deepEqual(notes, []);
      else assert.match(notes[0] ?? '', noted);
    });
  }

  test('a host that is not ASCII has the name that the network knows', () =>
    assert.equal(read({ url: 'https://Bücher.test:443/' }).request.origin, 'https://xn--bcher-kva.test'));

  test('a user in the address is sent in a header', () => {
    const { request } = read({ url: 'http://me:p%40ss@h.test/' });
    assert.equal(
      header(request.headers, 'authorization'),
      `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
    );
  });

  test('methods in small letters', () => {
    assert.equal(read({ method: 'get' }).request.method, 'GET');
    assert.equal(read({ method: 'patch' }).request.method, 'PATCH');
  });
});

describe('headers', () => {
  test('cookies that stand in their list alone', () => {
    const { request } = read({ cookies: named({ a: '1', b: '2=3' }) });
    assert.deepEqual(request.headers, [['Cookie', 'a=1; b=2=3']]);
  });

  test('that are an object and no list', () => {
    const { request } = read({ headers: { Accept: '*/*', 'x-a': ['1', '2'] }, queryString: { q: 'a b' } });
    assert.deepEqual(request.headers, [
      ['Accept', '*/*'],
      ['x-a', '1'],
      ['x-a', '2'],
    ]);
    assert.equal(request.target, '/?q=a%20b');
  });

  test('what no header can be is left out and said', () => {
    const { request, notes } = read({ headers: named({ 'x y': '1', ':path': '/', 'x-a': 'a\0b' }) });
    assert.deepEqual(request.headers, [['x-a', 'ab']]);
    assert.equal(notes.length, 2);
  });

  test('of a cookie in the list, too', () => {
    const { request, notes } = read({ cookies: named({ ' ': '1', b: 'x\x7f' }) });
    assert.deepEqual(request.headers, [['Cookie', '=1; b=x']]);
    assert.equal(notes.length, 1);
  });
});

describe('characters of headers', () => {
  const exchange = read({});
  const cases: [string, Buffer, string][] = [
    ['UTF-8', Buffer.from('/ü?q=🔥'), '/ü?q=🔥'],
    ['UTF-8 of few letters', Buffer.from('ü'), 'ü'],
    ['latin1', Buffer.from([0xfc]), '\xfc'],
    ['both', Buffer.from([0xfc, 0xc3, 0xbc]), '\xfc\xc3\xbc'],
  ];
  for (const [what, bytes, value] of cases) {
    test(`${what} is written so that it is read as it was`, () => {
      const headers = [['X-A', bytes.toString('latin1')]] as const;
      const har = writeHar([{ ...exchange, request: { ...exchange.request, headers } }]);
      assert.equal(JSON.parse(har.toString()).log.entries[0].request.headers[0].value, value);
      assert.deepEqual(readHar(har, 'a.har').exchanges[0]!.request.headers, headers);
    });
  }

  test('an address is written percent-encoded', () => {
    const target = Buffer.from('/ü?q=🔥').toString('latin1');
    const har = writeHar([{ ...exchange, request: { ...exchange.request, target } }]);
    assert.match(har.toString(), /"url":"http:\/\/h\.test\/%C3%BC\?q=%F0%9F%94%A5"/);
  });
});

describe('entries that are no exchange', () => {
  const leftOut: [string, object, object, RegExp][] = [
    [
      'mitmproxy, Fiddler, Charles: WebSockets at http',
      { headers: named({ Upgrade: 'websocket' }) },
      { status: 101 },
      /left out: it is a WebSocket/,
    ],
    ['without headers', {}, { status: 101 }, /it is a WebSocket/],
    ['another protocol', { headers: named({ upgrade: 'h2c' }) }, { status: 101 }, /became one of h2c/],
    ['early hints', {}, { status: 103 }, /only what came before/],
    ['blob', { url: 'blob:https://h.test/1' }, {}, /blob: is not on the network/],
    ['an extension', { url: 'chrome-extension://abc/a.js' }, {}, /chrome-extension: is not on the network/],
    ['no status', {}, { status: 0 }, /never answered/],
  ];
  for (const [what, request, response, sentence] of leftOut) {
    test(`${what} is left out and said`, () => {
      const { exchanges, notes } = readHar(harOf([entryOf({}), entryOf(request, response)]), 'a.har');
      assert.equal(exchanges.length, 1);
      assert.match(notes[0] ?? '', /^a\.har: entry 2 was left out: /);
      assert.match(notes[0] ?? '', sentence);
    });
  }

  test('the same of many is one sentence', () => {
    const blob = entryOf({ url: 'blob:x' });
    const { notes } = readHar(harOf([blob, entryOf({}), blob, blob]), 'a.har');
    assert.deepEqual(notes, ['a.har: entries 1, 3 and 4 were left out: blob: is not on the network.']);
    const cut = entryOf({}, { content: { size: 9 } });
    const many = readHar(harOf(Array.from({ length: 30 }, () => cut)), 'a.har').notes;
    assert.match(
      many[0] ?? '',
      /^a\.har: entries 1, 2, .*, 10 and 20 more: the answer's body is not in the file\. Export/,
    );
  });
});

describe('files', () => {
  const text = JSON.stringify({ log: { entries: [entryOf({}, { content: { text: 'grüße' } })] } });

  test('in UTF-16 are refused by that name', () => {
    const little = Buffer.from(`\ufeff${text}`, 'utf16le');
    for (const bytes of [little, Buffer.from(little).swap16(), little.subarray(2)])
      assert.throws(() => readHar(bytes, 'a.har'), { message: /^a\.har is UTF-16, .*Save it in UTF-8/ });
  });

  test('in Windows-1252 are read as that, and said', () => {
    const { exchanges, notes } = readHar(Buffer.from(text, 'latin1'), 'a.har');
    assert.equal(exchanges[0]!.answer.body.toString(), 'grüße');
    assert.match(notes[0] ?? '', /not in UTF-8, and was read as Windows-1252/);
  });

  test('with a damaged character are read, and said', () => {
    const bytes = Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from(',"x":"\xff"}', 'latin1')]);
    assert.match(readHar(bytes, 'a.har').notes[0] ?? '', /^a\.har:1: not all is UTF-8/);
  });

  test("Chrome's sanitized export has lost who asked", () => {
    const { notes } = readHar(harOf([entryOf({})], 'WebInspector'), 'a.har');
    assert.match(notes[0] ?? '', /holds no cookies and no Authorization: Chrome leaves them out/);
    const whole = entryOf({ headers: named({ Cookie: 'a=1' }) });
    assert.deepEqual(readHar(harOf([whole], 'WebInspector'), 'a.har').notes, []);
  });
});
