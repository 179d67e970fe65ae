// What a written test sends is what was recorded, or a note says what is not.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { named, read } from '../fixtures/har-entries.ts';
import { receivedOf, sent } from '../fixtures/received.ts';
import { header } from '../tape/headers.ts';

const answerOf = (text: string, headers: Record<string, string> = {}) => ({
  headers: named(headers),
  content: { text },
});
const posted = (type: string, text: string, more: object = {}) =>
  read({
    method: 'POST',
    headers: named(type === '' ? {} : { 'Content-Type': type }),
    postData: { text },
    ...more,
  });

describe('JSON bodies', () => {
  const texts: [string, string][] = [
    [
      'large numbers, exponents, zeros',
      '{"consIds":[154284075601887489],"e":1E400,"p":1.10,"z":-0,"i":0.1e-7}',
    ],
    ['keys in their order', '{"b":1,"10":1,"9":2,"a":{"2":1,"1":2}}'],
    ['a key twice', '{"a":1,"a":2}'],
    ['blanks, and as people write them', '{ "a": [1, 2],\r\n\t"b": {} }\n'],
    ['other escapes', '{"a":"\\u00fc\\/ü","b":"\\ud83d\\ude00"}'],
    ['a lone surrogate', '{"a":"\\ud800"}'],
    ['a byte order mark', '\ufeff{"a":1}'],
    ['what looks like code', `{"a": "\`${'$'}{1}\\\\", "__proto__": {"x": 1}}`],
    ['a scalar', ' 12345678901234567890'],
    ['usual ones', '{"a":[1,"b",null,true,{"c":1.5}]}'],
  ];
  test('are sent byte by byte', async () => {
    const { received } = await sent(...texts.map(([, text]) => posted('application/json', text)));
    for (const [i, [what, text]] of texts.entries()) assert.equal(received[i]!.body.toString(), text, what);
  });

  test('have what came in an earlier answer, also where they are kept as text', async () => {
    const id = '154284075601887489';
    const { received, script } = await sent(
      read({}, answerOf(`{"id": ${id}, "session": "abcdef-0123456789"}`)),
      posted('application/json', `{"id": ${id}, "n": 1.0, "session":"abcdef-0123456789"}`),
    );
    assert.equal(received[1]!.body.toString(), `{"id": ${id}, "n": 1.0, "session":"abcdef-0123456789"}`);
    assert.match(script, /`\{"id": \$\{\w+\}, "n": 1\.0, "session":\$\{JSON\.stringify\(session\)\}\}`/);
  });

  test('keep the escapes that a field of the user was written with', async () => {
    const text = '{"user":"\\u00fc\\/","n":1.0}';
    const { received } = await sent(posted('application/json', text));
    assert.equal(received[0]!.body.toString(), text);
  });

  test('are the same in what is the same for all users', async () => {
    const { received, data } = await sent(posted('application/json', '{"user": "anna", "n": 1.0}'));
    assert.equal(received[0]!.body.toString(), '{"user": "anna", "n": 1.0}');
    assert.deepEqual(JSON.parse(data ?? ''), [{ user: 'anna' }]);
  });
});

test('addresses are asked for as they were', async () => {
  const targets = [
    '/cb?next=/a?b=1&c=2',
    '/a%20b/%C3%BC?q=a+b&q=a%20b&empty=&bare&=x&;a;b=1',
    '/users?user=a+b&login=me@example.com&email=%6d%65&pin=!x!',
    '/?user=%E9&username=%2f',
    '/a//b/?',
    '/a+b/user+1',
  ];
  const { received, notes } = await sent(...targets.map((target) => read({ url: `http://h.test${target}` })));
  assert.deepEqual(
    received.map(({ target }) => target),
    targets,
  );
  assert.deepEqual(notes, []);
});

test('a value of an earlier answer stands before a second question mark', async () => {
  const state = 'st-0123456789abcdef';
  const { received, script } = await sent(
    read({}, answerOf(`{"state":"${state}"}`)),
    read({ url: `http://h.test/cb?state=${state}&next=/a?b=1&c=2` }),
  );
  assert.match(script, /`\/cb\?state=\$\{encodeURIComponent\(state\)\}&next=\/a\?b=1&c=2`/);
  assert.equal(received[1]!.target, `/cb?state=${state}&next=/a?b=1&c=2`);
});

test('what fetch cannot ask is said', async () => {
  const { notes, received } = await sent(
    read({ url: 'http://h.test/a/../b' }),
    read({ headers: named({ 'Content-Length': '2' }), postData: { text: '{}' } }),
  );
  assert.equal(received[0]!.target, '/b');
  assert.match(
    notes.join('\n'),
    /fetch cannot ask for these as they were recorded: \/a\/\.\.\/b \(it asks for \/b\)\./,
  );
  assert.match(notes.join('\n'), /no bodies with GET and HEAD, so they were left out of these: GET \//);
  const star = { ...read({ method: 'OPTIONS' }) };
  const asterisk = { ...star, request: { ...star.request, target: '*' } };
  const trace = read({ method: 'TRACE' });
  const got = await receivedOf([read({}), asterisk, trace]);
  assert.equal(got.received.length, 1);
  assert.match(
    got.notes.join('\n'),
    /What fetch cannot ask was left out: OPTIONS \* \(200\), TRACE \/ \(200\)\./,
  );
});

describe('headers', () => {
  test('that are there twice, of conditions, and of where a form came from', async () => {
    const { received } = await sent(
      posted('application/json', '{}', {
        headers: named({
          'Content-Type': 'application/json',
          'If-Match': '"1"',
          'If-None-Match': '"2"',
          Origin: 'http://h.test',
          Referer: 'http://h.test/form?a=`',
          Upgrade: 'h2c',
          'HTTP2-Settings': 'AAA',
        }).concat(named({ 'X-A': '1' }), named({ 'x-a': '2' })),
      }),
    );
    const get = (name: string) => header(received[0]!.headers, name);
    const server = `http://${get('host')}`;
    assert.deepEqual(['if-match', 'if-none-match', 'origin', 'referer', 'upgrade', 'x-a'].map(get), [
      '"1"',
      null,
      server,
      `${server}/form?a=\``,
      null,
      '1, 2',
    ]);
  });

  test('no type is made up', async () => {
    const { received } = await sent(posted('', 'hello'), posted('', '{"a":1}'), posted('text/x', 'a'));
    assert.deepEqual(
      received.map(({ headers }) => header(headers, 'content-type')),
      [null, null, 'text/x'],
    );
    assert.deepEqual(
      received.map(({ body }) => body.toString()),
      ['hello', '{"a":1}', 'a'],
    );
  });

  test('a body that the tape has as text is sent in the coding that its header names', async () => {
    const { received } = await sent(
      posted('application/json', '', {
        headers: named({ 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }),
        postData: { text: '{"a": 1}' },
      }),
    );
    assert.equal(gunzipSync(received[0]!.body).toString(), '{"a": 1}');
    assert.equal(header(received[0]!.headers, 'content-encoding'), 'gzip');
  });
});

describe('forms', () => {
  test('urlencoded are sent byte by byte', async () => {
    const texts = [
      'a=b+c&a=%20&bare&e=&=x',
      'user=a+b&password=%e9',
      'a=1\r\nb=2\r\n',
      'a=1;b=2',
      `"\`${'$'}{x}=1`,
    ];
    const type = 'application/x-www-form-urlencoded';
    const { received, data } = await sent(...texts.map((text) => posted(type, text)));
    assert.deepEqual(
      received.map(({ body }) => body.toString()),
      texts,
    );
    assert.deepEqual(JSON.parse(data ?? ''), [{ user: 'a b', password: '%e9' }]);
  });

  test('multipart are sent byte by byte, and users have their own', async () => {
    const boundary = '----WebKitFormBoundaryabc';
    const field = (name: string, value: string) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const text = `${field('user', 'anna')}${field('a', 'x\r\n\r\n`y`')}--${boundary}--\r\n`;
    const { received, data } = await sent(posted(`multipart/form-data; boundary=${boundary}`, text));
    assert.equal(received[0]!.body.toString(), text);
    assert.deepEqual(JSON.parse(data ?? ''), [{ user: 'anna' }]);
  });

  test('multipart of a tape without its boundary gets one', async () => {
    const text = '--XXX\r\nContent-Disposition: form-data; name="token"\r\n\r\nXXX\r\n--XXX--\r\n';
    const { received, data } = await sent(posted('multipart/form-data; boundary=XXX', text));
    const { headers, body } = received[0]!;
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': header(headers, 'content-type') ?? '' },
    }).formData();
    assert.equal(form.get('token'), 'XXX');
    assert.doesNotMatch(header(headers, 'content-type') ?? '', /XXX/);
    assert.deepEqual(JSON.parse(data ?? ''), [{ token: 'XXX' }]);
  });
});

test('a WebSocket, an interim answer and a preflight are no requests of the test; an OPTIONS is', async () => {
  const upgrade = read({ headers: named({ Upgrade: 'websocket' }) }, {});
  const { received, notes } = await receivedOf([
    read({}),
    { ...upgrade, answer: { ...upgrade.answer, status: 101 } },
    read({ method: 'OPTIONS', url: 'http://h.test/dav' }),
    read({ method: 'OPTIONS', headers: named({ 'Access-Control-Request-Method': 'PUT' }) }),
  ]);
  assert.deepEqual(
    received.map(({ method, target }) => `${method} ${target}`),
    ['GET /', 'OPTIONS /dav'],
  );
  assert.match(notes.join('\n'), /left out: GET \/ \(101\)/);
});
