import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createMasker } from './masker.ts';

const secrets = ['hunter2-hunter2', 'hunter2', 'abab', 'p@ss word/"1"'];
const masker = createMasker(secrets);

test('masks a secret and what becomes of it in a URL, in JSON and in base64', () => {
  const secret = 'p@ss word/"1"';
  const text = [secret, encodeURIComponent(secret), JSON.stringify(secret), btoa(secret)].join(' ; ');
  assert.equal(masker.mask(text), '*** ; *** ; "***" ; ***==');
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
