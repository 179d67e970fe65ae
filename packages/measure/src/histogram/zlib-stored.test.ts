import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { zlibStored } from './zlib-stored.ts';

test('zlib inflates what was stored, and finds its sum right', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5_000 }), (bytes) => {
      assert.deepEqual(Uint8Array.from(inflateSync(zlibStored(bytes))), bytes);
    }),
  );
  const most = new Uint8Array(65_535).fill(255);
  assert.deepEqual(Uint8Array.from(inflateSync(zlibStored(most))), most);
});
