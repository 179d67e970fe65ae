import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assemble } from './assembler.ts';

describe('assemble', () => {
  it('writes each form as the RFC says', () => {
    for (const [text, hex] of [
      ['r0 = 1', 'b700000001000000'],
      ['r4 = -1', 'b7040000ffffffff'],
      ['r6 = r1', 'bf16000000000000'],
      ['r2 += -64', '07020000c0ffffff'],
      ['r4 |= r3', '4f34000000000000'],
      ['r1 += r7', '0f71000000000000'],
      ['r0 >>= 30', '770000001e000000'],
      ['w0 &= 4294967040', '5400000000ffffff'],
      ['r8 = be16 r8', 'dc08000010000000'],
      ['r8 = u32[r6 24]', '6168180000000000'],
      ['r1 = u64[r6 64]', '7961400000000000'],
      ['u16[r10 -32] = r3', '6b3ae0ff00000000'],
      ['u64[r10 -72] = r1', '7b1ab8ff00000000'],
      ['lock u64[r0 0] += r1', 'db10000000000000'],
      ['r1 = map some', '18110000000000000000000000000000'],
      ['call sk_release', '8500000056000000'],
      ['exit # the end', '9500000000000000'],
      ['top: goto top', '0500ffff00000000'],
      ['if w8 > 7 goto on; exit; on:', '26080100070000009500000000000000'],
      ['if r2 > r1 goto on; exit; on:', '2d120100000000009500000000000000'],
      ['if r1 == r0 goto on; exit; on:', '1d010100000000009500000000000000'],
      ['if r0 == 0 goto on; exit; on:', '15000100000000009500000000000000'],
    ] as const) {
      assert.equal(assemble(text).bytes.toString('hex'), hex, text);
    }
  });

  it('says where maps belong, and refuses what it cannot write', () => {
    assert.deepEqual(assemble('r0 = 1; r1 = map some\nr2 = map other').maps, { 12: 'some', 28: 'other' });
    assert.throws(() => assemble('r1 = r2 + r3'), SyntaxError);
    assert.throws(() => assemble('goto nowhere'), SyntaxError);
    assert.throws(() => assemble('call nobody'), SyntaxError);
    assert.throws(() => assemble(`goto far; ${'exit; '.repeat(32_768)} far: exit`), RangeError);
  });
});
