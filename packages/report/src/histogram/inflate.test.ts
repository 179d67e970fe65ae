import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { inflate } from './inflate.ts';

/** Bytes as histograms have them: many small ones, runs, repetitions. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 2000 }),
  fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 5000 }).map((digits) => Uint8Array.from(digits)),
  fc
    .tuple(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 0, max: 3000 }))
    .map(([part, times]) =>
      Uint8Array.from(Array.from({ length: times }, (_, i) => part[i % part.length] ?? 0)),
    ),
);

test('gives back what zlib deflated, at every level and with every strategy', () => {
  fc.assert(
    fc.property(
      bytes,
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 0, max: 4 }),
      (plain, level, strategy) => {
        assert.deepEqual(Uint8Array.from(inflate(deflateSync(plain, { level, strategy }))), plain);
      },
    ),
    { numRuns: 300 },
  );
});

test('damaged streams end in an error, never in a loop', () => {
  const whole = deflateSync(Buffer.from('a histogram, a histogram, a histogram of many words '.repeat(20)));
  fc.assert(
    fc.property(
      fc.nat(whole.length - 1),
      fc.integer({ min: 0, max: 255 }),
      fc.nat(whole.length),
      (at, byte, end) => {
        const broken = Buffer.from(whole.subarray(0, end));
        if (at < broken.length) broken[at] = byte;
        try {
          assert.ok(inflate(broken).length < 64_000_001);
        } catch (error) {
          assert.match((error as Error).message, /damaged/);
        }
      },
    ),
    { numRuns: 500 },
  );
  for (const text of ['', 'x', 'not a stream at all'])
    assert.throws(() => inflate(Buffer.from(text)), /damaged/);
});
