// Bodies that exporters leave out, put elsewhere or say wrongly: they are read as they were, or a note says what is lost.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { named, read } from '../fixtures/har-entries.ts';
import { header } from '../tape/headers.ts';

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

  test('a length of coded bytes that a text with other line ends has by chance', () => {
    const text = '{\n"a": 1}';
    const { request } = read({
      method: 'POST',
      headers: named({ 'Content-Encoding': 'gzip' }),
      bodySize: text.length + 1,
      postData: { mimeType: 'application/json', text },
    });
    assert.equal(request.body.toString(), text);
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

  test('a form that is told decoded', () => {
    const type = 'application/x-www-form-urlencoded';
    const params = [{ name: 'a', value: 'b c&ü' }];
    const { request, notes } = posted(
      type,
      { mimeType: type, params, text: 'a=b c&ü' },
      'a=b+c%26%C3%BC'.length,
    );
    assert.deepEqual([request.body.toString(), notes], ['a=b+c%26%C3%BC', []]);
  });

  test('multipart whose type names no boundary', () => {
    const text = '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--B--\r\n';
    const { request } = posted('multipart/form-data', { text });
    assert.equal(header(request.headers, 'content-type'), 'multipart/form-data; boundary=B');
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

  test('unchanged, of which the browser had a copy', () => {
    const kept = answered('', { text: 'hello', mimeType: 'text/html' }, { status: 304 });
    assert.deepEqual(
      [kept.answer.body.toString(), kept.answer.headers],
      ['hello', [['Content-Type', 'text/html']]],
    );
    assert.match(
      answered('', {}, { status: 304 }).notes[0] ?? '',
      /answer is 304, .* Export it with an empty cache/,
    );
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
