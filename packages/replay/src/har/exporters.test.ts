// What exporters leave out, put elsewhere or say wrongly of a request: it is read as it was sent, or a note says what is lost.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { header } from '../tape/headers.ts';
import { readHar } from './read-har.ts';

type Named = { name: string; value: string };

const named = (headers: Record<string, string>): Named[] =>
  Object.entries(headers).map(([name, value]) => ({ name, value }));

const harOf = (entries: object[], creator = 'Exporter') =>
  Buffer.from(JSON.stringify({ log: { version: '1.2', creator: { name: creator }, entries } }));

const entryOf = (request: object, response: object = {}) => ({
  request: { method: 'GET', url: 'http://h.test/', headers: [], ...request },
  response: { status: 200, headers: [], content: { size: 0 }, ...response },
});

function read(request: object, response: object = {}) {
  const { exchanges, notes } = readHar(harOf([entryOf(request, response)]), 'a.har');
  return { ...exchanges[0]!, notes };
}

/** A POST, whose Content-Length is as many bytes as were sent. */
const posted = (type: string, postData: unknown, sent?: number) =>
  read({
    method: 'POST',
    headers: named({
      ...(type === '' ? {} : { 'Content-Type': type }),
      ...(sent === undefined ? {} : { 'Content-Length': String(sent) }),
    }),
    postData,
  });

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

describe('bodies of requests', () => {
  const multipart = 'multipart/form-data; boundary=----WebKitFormBoundaryabc';

  test('multipart by its fields alone', () => {
    const params = [
      { name: 'who"', value: 'ü' },
      { name: 'file', value: 'a,b', fileName: 'a.csv', contentType: 'text/csv' },
    ];
    const { request, notes } = posted(multipart, { mimeType: multipart, params });
    assert.deepEqual(notes, []);
    assert.equal(
      request.body.toString(),
      [
        '------WebKitFormBoundaryabc',
        'Content-Disposition: form-data; name="who%22"',
        '',
        'ü',
        '------WebKitFormBoundaryabc',
        'Content-Disposition: form-data; name="file"; filename="a.csv"',
        'Content-Type: text/csv',
        '',
        'a,b',
        '------WebKitFormBoundaryabc--',
        '',
      ].join('\r\n'),
    );
  });

  test('a file whose content is not there is XXX, and said', () => {
    const params = [{ name: 'file', fileName: 'photo.jpg' }];
    const { request, notes } = posted('', { params });
    assert.match(
      request.body.toString(),
      /filename="photo.jpg"\r\nContent-Type: application\/octet-stream\r\n\r\nXXX\r\n--XXX--/,
    );
    assert.equal(header(request.headers, 'content-type'), 'multipart/form-data; boundary=XXX');
    assert.match(
      notes[0] ?? '',
      /^a\.har: entry 1: the content of photo\.jpg, which was sent, is not in the file: XXX/,
    );
  });

  test('Chrome: a text from which the file is missing', () => {
    const head =
      '------WebKitFormBoundaryabc\r\nContent-Disposition: form-data; name="f"; filename="p.png"\r\nContent-Type: image/png\r\n\r\n';
    const end = '\r\n------WebKitFormBoundaryabc--\r\n';
    const { request, notes } = posted(multipart, { mimeType: multipart, text: head + end }, 5000);
    assert.equal(request.body.toString(), `${head}XXX${end}`);
    assert.match(notes[0] ?? '', /content of p\.png/);
    const empty = posted(multipart, { mimeType: multipart, text: head + end }, (head + end).length);
    assert.deepEqual([empty.request.body.toString(), empty.notes], [head + end, []]);
  });

  test('a form by its fields alone, encoded or not', () => {
    const type = 'application/x-www-form-urlencoded';
    const body = (...params: object[]) => posted(type, { mimeType: type, params }).request.body.toString();
    assert.equal(
      body({ name: 'a', value: 'b c' }, { name: 'a', value: '&' }, { name: 'e' }),
      'a=b+c&a=%26&e=',
    );
    assert.equal(body({ name: 'a', value: 'b%20c' }, { name: 'x', value: 'y+z' }), 'a=b%20c&x=y+z');
    const bare = posted('', { params: [{ name: 'a', value: '1' }] }).request;
    assert.equal(header(bare.headers, 'content-type'), type);
  });

  test('fields of which nothing can be made are said', () => {
    const { request, notes } = posted('application/json', { params: [{ name: 'a', value: '1' }] });
    assert.equal(request.body.toString(), 'XXX');
    assert.match(notes[0] ?? '', /of which no application\/json can be made/);
  });

  test('the type is that of postData where no header says one', () => {
    const { request } = posted('', { mimeType: 'application/json', text: '{}' });
    assert.equal(header(request.headers, 'content-type'), 'application/json');
    const kept = posted('text/plain', { mimeType: 'application/json', text: '{}' }).request;
    assert.equal(header(kept.headers, 'content-type'), 'text/plain');
  });

  const texts: [string, unknown, number, string | Buffer, RegExp?][] = [
    ['base64', { encoding: 'base64', text: 'AAEC' }, 3, Buffer.from([0, 1, 2])],
    [
      'base64 that is none',
      { encoding: 'base64', text: '{"a":1}' },
      7,
      '{"a":1}',
      /said to be base64 and is not/,
    ],
    [
      'base64 that is a text by its length',
      { encoding: 'base64', text: 'test' },
      4,
      'test',
      /said to be base64/,
    ],
    ['base64 that does not say so', { text: 'AAECAwQF' }, 6, Buffer.from([0, 1, 2, 3, 4, 5])],
    ['a byte for each character', { text: '\xff\xfe\0a' }, 4, Buffer.from([0xff, 0xfe, 0, 0x61])],
    ['UTF-8', { text: 'grüße 🔥' }, 12, 'grüße 🔥'],
    [
      'Firefox: headers before the form',
      { text: 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=b' },
      3,
      'a=b',
    ],
    ['a postData that is a text', 'a=b', 3, 'a=b'],
    [
      'a text that was cut',
      { text: 'abc' },
      5000,
      'abc',
      /not as it was sent \(3 bytes are in the file, 5000 bytes/,
    ],
    [
      'a body that is nowhere',
      undefined,
      4711,
      'XXX',
      /body \(4711 bytes\) is not in the file: XXX stands in its/,
    ],
  ];
  for (const [what, postData, sent, wanted, noted] of texts) {
    test(what, () => {
      const { request, notes } = posted('text/plain', postData, sent);
      assert.deepEqual(request.body, Buffer.from(wanted));
      if (noted === undefined) assert.deepEqual(notes, []);
      else assert.match(notes[0] ?? '', noted);
    });
  }
});

describe('bodies of answers', () => {
  const answered = (type: string, content: object, more: object = {}) =>
    read({}, { headers: type === '' ? [] : named({ 'Content-Type': type }), content, ...more });

  test('Firefox, k6-studio: a text that is said to be base64', () => {
    const text = '{"token":"a b c"}';
    const { answer, notes } = answered('application/json', { encoding: 'base64', text });
    assert.equal(answer.body.toString(), text);
    assert.match(notes[0] ?? '', /answer's body is said to be base64 and is not/);
    const coded = answered('application/json', {
      encoding: 'BASE64',
      text: Buffer.from(text).toString('base64'),
    });
    assert.deepEqual([coded.answer.body.toString(), coded.notes], [text, []]);
  });

  test('a picture as characters', () => {
    const { answer } = answered('image/png', { size: 4, text: '\x89PNG' });
    assert.deepEqual([...answer.body], [0x89, 0x50, 0x4e, 0x47]);
  });

  test('a text that was cut is said', () => {
    const { notes } = answered('text/plain', { size: 5000, text: 'abc' });
    assert.match(notes[0] ?? '', /may have been cut \(3 bytes of 5000 bytes are in the file\)/);
    assert.deepEqual(answered('text/html; charset=iso-8859-1', { size: 5, text: 'grüße' }).notes, []);
    assert.deepEqual(answered('text/plain; charset=utf-16', { size: 12, text: 'hello' }).notes, []);
  });

  test('where a redirect leads and which cookies were set, though no header says so', () => {
    const { answer } = answered(
      '',
      {},
      { status: 302, redirectURL: '/home', cookies: [{ name: 's', value: '1', path: '/', httpOnly: true }] },
    );
    assert.deepEqual(answer.headers, [
      ['Location', '/home'],
      ['Set-Cookie', 's=1; Path=/; HttpOnly'],
    ]);
  });
});

describe('headers', () => {
  test('cookies that stand in their list alone', () => {
    const { request } = read({ cookies: named({ a: '1', b: '2=3' }) });
    assert.deepEqual(request.headers, [['Cookie', 'a=1; b=2=3']]);
  });

  test('what no header can be is left out and said', () => {
    const { request, notes } = read({ headers: named({ 'x y': '1', ':path': '/', 'x-a': 'a\0b' }) });
    assert.deepEqual(request.headers, [['x-a', 'ab']]);
    assert.equal(notes.length, 2);
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
