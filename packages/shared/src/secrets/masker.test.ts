import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createMasker, growingMasker } from './masker.ts';

const secrets = ['hunter2-hunter2', 'hunter2', 'abab', 'p@ss word/"1"'];
const masker = createMasker(secrets);

test('masks a secret and what becomes of it in a URL, in JSON and in base64', () => {
  const secret = 'p@ss word/"1"';
  const text = [secret, encodeURIComponent(secret), JSON.stringify(secret), btoa(secret)].join(' ; ');
  assert.equal(masker.mask(text), '*** ; *** ; "***" ; ***==');
});

test('masks it wherever it stands in what is encoded, line by line, and in other writing', () => {
  const pem = [
    '-----BEGIN KEY-----',
    'MIIEvQIBADANBgkqhkiG9w0B',
    'AQEFAASCBKcwggSjAgEAAoIB',
    'end',
    '-----END KEY-----',
  ];
  const odd = 'a&b <c> "d" \'e\' + f';
  const all = createMasker([pem.join('\n'), odd, 'hunter2-hunter2']);
  const hidden = /hunter2|MIIEv|AQEFA|ANBgkqhki/;
  const encoded = (text: string) => [
    btoa(text),
    Buffer.from(text).toString('base64url'),
    Buffer.from(text).toString('hex'),
  ];
  for (const user of ['', 'u', 'bo', 'bob', 'long-name']) {
    for (const after of ['', '!', '\n', 'abc']) {
      for (const text of encoded(`${user}:hunter2-hunter2${after}`)) {
        const masked = all.mask(text);
        assert.match(masked, /\*\*\*/, text);
        assert.ok(masked.length - 3 <= text.length - 17, `${masked} shows too much of ${text}`);
      }
    }
  }
  for (const shown of [
    pem.join('\r\n'),
    pem.join('\n  '),
    JSON.stringify(pem),
    encodeURIComponent(pem.join('\n')),
  ])
    assert.doesNotMatch(all.mask(shown), hidden);
  for (const [, line] of pem.slice(1, 3).entries()) assert.equal(all.mask(`  ${line}`), '  ***');
  const html = odd.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  for (const text of [
    html,
    html.replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
    new URLSearchParams({ q: odd }).toString().slice(2),
    Buffer.from(odd).toString('hex').toUpperCase(),
  ])
    assert.equal(all.mask(text), '***');
});

test('a key of many lines costs a console little', () => {
  const line = (index: number) =>
    Buffer.from(`${index} of a key that has many lines, all of them secret`).toString('base64');
  const stream = createMasker([Array.from({ length: 60 }, (_, index) => line(index)).join('\n')]).stream();
  const chunk = `${'an ordinary line of an ordinary program\n'.repeat(800)}${line(59)}`;
  let masked = '';
  for (let i = 0; i < 20; i++) masked += stream.push(chunk);
  assert.equal((masked + stream.end()).split('***').length, 21);
});

test('masks the longest secret, not its beginning', () => {
  assert.equal(masker.mask('hunter2-hunter2'), '***');
});

test('masks keys and values of a JSON value', () => {
  assert.deepEqual(masker.maskAll({ hunter2: ['a hunter2 b', 3, null] }), { '***': ['a *** b', 3, null] });
});

test('takes no secret that would turn times and counts into stars', () => {
  for (const short of ['200', '5']) assert.throws(() => createMasker([short]), /shorter than 4 characters/);
  assert.equal(createMasker(['2005']).mask('2026-11-25T09:30:05'), '2026-11-25T09:30:05');
});

test('changes nothing without secrets', () => {
  const none = createMasker(['']);
  assert.equal(none.mask('anything'), 'anything');
  assert.equal(none.stream().push('anything'), 'anything');
});

test('masks a secret in a stream however it is cut', () => {
  const chunk = fc.oneof(fc.constantFrom(...secrets, 'hunter', 'ab', '-', '\n'), fc.string({ maxLength: 4 }));
  fc.assert(
    fc.property(fc.array(chunk), fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (chunks, lengths) => {
      const text = chunks.join('');
      const stream = masker.stream();
      let masked = '';
      for (let at = 0; at < text.length; ) {
        const length = lengths.next().value;
        masked += stream.push(text.slice(at, at + length));
        at += length;
      }
      masked += stream.end();
      assert.equal(masked, masker.mask(text));
    }),
  );
});

test('a growing masker masks what it has learned of', () => {
  const masker = growingMasker(['first-secret']);
  assert.equal(masker.mask('first-secret second-secret'), '*** second-secret');
  masker.add(['second-secret']);
  assert.equal(masker.mask('first-secret second-secret'), '*** ***');
  assert.deepEqual(masker.maskAll({ a: ['second-secret'] }), { a: ['***'] });
  const stream = masker.stream();
  assert.equal(stream.push('second-') + stream.push('secret!') + stream.end(), '***!');
});
