import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addressOf, readNetwork } from './network.ts';

describe('readNetwork', () => {
  it('reads addresses and networks, and IPv4 in IPv6 as IPv4', () => {
    for (const [text, family, words, masks] of [
      ['10.1.2.3', 4, [0x0a010203], [0xffffffff]],
      ['10.1.2.3/8', 4, [0x0a000000], [0xff000000]],
      ['255.255.255.255/31', 4, [0xfffffffe], [0xfffffffe]],
      ['0.0.0.0/0', 4, [0], [0]],
      ['::ffff:10.1.2.3', 4, [0x0a010203], [0xffffffff]],
      ['::ffff:10.0.0.0/104', 4, [0x0a000000], [0xff000000]],
      ['::/0', 6, [0, 0, 0, 0], [0, 0, 0, 0]],
      ['fd00:1:2:3::4/33', 6, [0xfd000001, 0, 0, 0], [0xffffffff, 0x80000000, 0, 0]],
    ] as const) {
      assert.deepEqual(readNetwork(text), { family, words, masks }, text);
    }
  });

  it('refuses the rest', () => {
    for (const text of [
      '',
      'localhost',
      '10.0.0.0/33',
      '::/129',
      '10.0.0.0/',
      '10.0.0.0/-1',
      '10.0.0.0/8/8',
      '10.0.0/8',
    ]) {
      assert.throws(() => readNetwork(text), RangeError, text);
    }
  });

  it('writes an address as it was read', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const { family, words } = readNetwork(text);
        const address = addressOf(family === 4 ? [0, 0, 0xffff, ...words] : words);
        assert.deepEqual(readNetwork(address), readNetwork(text));
      }),
    );
    assert.equal(addressOf([0, 0, 0xffff, 0x7f000001]), '127.0.0.1');
    assert.equal(addressOf([0xfe800000, 0, 0, 1]), 'fe80::1');
  });
});
