import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HpackDecoder } from './decoder.ts';
import { HpackEncoder, type Keep } from './encoder.ts';
import { decodeHuffman, encodeHuffman } from './huffman.ts';
import { codes } from './huffman-code.ts';
import { integerBytes } from './integer.ts';

type Fields = readonly (readonly [string, string])[];

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

function decoded(decoder: HpackDecoder, bytes: Buffer): [string, string][] {
  const fields: [string, string][] = [];
  decoder.decode(bytes, 0, bytes.length, ({ name, value }) => fields.push([name, value]));
  return fields;
}

function encoded(encoder: HpackEncoder, fields: Fields, keep: Keep = 'keep'): Buffer {
  return Buffer.concat(fields.map(([name, value]) => encoder.encode(name, value, keep)));
}

const request = (path: string, scheme: string, ...more: Fields): Fields => [
  [':method', 'GET'],
  [':scheme', scheme],
  [':path', path],
  [':authority', 'www.example.com'],
  ...more,
];
const requests: Fields[] = [
  request('/', 'http'),
  request('/', 'http', ['cache-control', 'no-cache']),
  request('/index.html', 'https', ['custom-key', 'custom-value']),
];
const responses: Fields[] = [
  [
    [':status', '302'],
    ['cache-control', 'private'],
    ['date', 'Mon, 21 Oct 2013 20:13:21 GMT'],
    ['location', 'https://www.example.com'],
  ],
  [
    [':status', '307'],
    ['cache-control', 'private'],
    ['date', 'Mon, 21 Oct 2013 20:13:21 GMT'],
    ['location', 'https://www.example.com'],
  ],
  [
    [':status', '200'],
    ['cache-control', 'private'],
    ['date', 'Mon, 21 Oct 2013 20:13:22 GMT'],
    ['location', 'https://www.example.com'],
    ['content-encoding', 'gzip'],
    ['set-cookie', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'],
  ],
];

/** RFC 7541, appendix C: blocks in their order, the size of the table after each, and its limit. */
const examples: Record<string, { of: Fields[]; blocks: string[]; sizes: number[]; limit?: number }> = {
  'C.3, requests without Huffman': {
    of: requests,
    blocks: [
      '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
      '8286 84be 5808 6e6f 2d63 6163 6865',
      '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
    ],
    sizes: [57, 110, 164],
  },
  'C.4, requests with Huffman': {
    of: requests,
    blocks: [
      '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
      '8286 84be 5886 a8eb 1064 9cbf',
      '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
    ],
    sizes: [57, 110, 164],
  },
  'C.5, responses without Huffman': {
    of: responses,
    blocks: [
      '4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
      '4803 3330 37c1 c0bf',
      '88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31',
    ],
    sizes: [222, 222, 215],
    limit: 256,
  },
  'C.6, responses with Huffman': {
    of: responses,
    blocks: [
      '4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
      '4883 640e ffc1 c0bf',
      '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
    ],
    sizes: [222, 222, 215],
    limit: 256,
  },
};

describe('HPACK, by the examples of RFC 7541:', () => {
  it('C.1, integers', () => {
    assert.deepEqual(integerBytes(10, 5, 0), [0x0a]);
    assert.deepEqual(integerBytes(1337, 5, 0), [0x1f, 0x9a, 0x0a]);
    assert.deepEqual(integerBytes(42, 8, 0), [0x2a]);
  });

  const literals: [string, string, [string, string], number][] = [
    [
      'C.2.1',
      '400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572',
      ['custom-key', 'custom-header'],
      55,
    ],
    ['C.2.2', '040c 2f73 616d 706c 652f 7061 7468', [':path', '/sample/path'], 0],
    ['C.2.3', '1008 7061 7373 776f 7264 0673 6563 7265 74', ['password', 'secret'], 0],
    ['C.2.4', '82', [':method', 'GET'], 0],
  ];
  for (const [name, bytes, field, size] of literals) {
    it(`${name}, one field`, () => {
      const decoder = new HpackDecoder();
      assert.deepEqual(decoded(decoder, hex(bytes)), [field]);
      assert.equal(decoder.table.size, size);
    });
  }

  for (const [name, { of, blocks, sizes, limit = 4096 }] of Object.entries(examples)) {
    it(`${name}: are read`, () => {
      const decoder = new HpackDecoder();
      decoder.table.resize(limit);
      for (const [at, block] of blocks.entries()) {
        assert.deepEqual(decoded(decoder, hex(block)), of[at]);
        assert.equal(decoder.table.size, sizes[at]);
      }
    });
    if (!name.endsWith('with Huffman')) continue;
    it(`${name}: are written`, () => {
      const encoder = new HpackEncoder();
      encoder.limit(limit);
      encoder.begin();
      for (const [at, block] of blocks.entries()) assert.deepEqual(encoded(encoder, of[at]!), hex(block));
    });
  }
});

describe('HPACK', () => {
  it('has a Huffman code that is complete', () => {
    assert.equal(codes.length, 257);
    assert.equal(
      codes.reduce((sum, { length }) => sum + 2 ** -length, 0),
      1,
    );
    assert.deepEqual(codes[256], { length: 30, bits: 0x3fff_ffff });
  });

  it('undoes what it codes, of any text', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = Buffer.from(bytes).toString('latin1');
        const code = encodeHuffman(text);
        assert.equal(decodeHuffman(code, 0, code.length), text);
      }),
    );
  });

  it('reads what it writes, while the table changes its size', () => {
    const name = fc.constantFrom('accept', 'cookie', 'x-a', 'x-b', ':path', 'date');
    const value = fc.string({ unit: fc.constantFrom('a', 'b', '\xff', ' ', '0'), maxLength: 300 });
    const keep = fc.constantFrom<Keep>('keep', 'pass', 'never');
    const block = fc.record({
      limit: fc.option(fc.integer({ min: 0, max: 5000 })),
      fields: fc.array(fc.tuple(name, value, keep), { maxLength: 8 }),
    });
    fc.assert(
      fc.property(fc.array(block, { maxLength: 20 }), (blocks) => {
        const encoder = new HpackEncoder();
        const decoder = new HpackDecoder();
        for (const { limit, fields } of blocks) {
          if (limit !== null) encoder.limit(limit);
          const bytes = Buffer.concat([
            encoder.begin(),
            ...fields.map(([name, value, keep]) => encoder.encode(name, value, keep)),
          ]);
          assert.deepEqual(
            decoded(decoder, bytes),
            fields.map(([name, value]) => [name, value]),
          );
        }
      }),
    );
  });

  const broken: [string, string][] = [
    ['an index of 0', '80'],
    ['an index that nothing has', 'be'],
    ['a name by an index that nothing has', '7f 00 0161'],
    ['a text that is longer than the block', '400a 6375'],
    ['a field without its value', '40 0161'],
    ['an integer without end', `ff ${'ff '.repeat(20)}00`],
    ['a table that is larger than was allowed', '3f e2 1f'],
    ['a table size update after a field', '82 20'],
    ['EOS in a text', '40 0161 84 ffff ffff'],
    ['padding of eight bits', '40 0161 82 1fff'],
    ['padding of zeros', '40 0161 81 18'],
  ];
  for (const [name, bytes] of broken) {
    it(`refuses ${name}`, () => {
      assert.throws(() => decoded(new HpackDecoder(), hex(bytes)), {
        code: 'parse: hpack',
        said: 'COMPRESSION_ERROR',
      });
    });
  }

  it('throws nothing but its own error for what is no block', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        try {
          decoded(new HpackDecoder(), Buffer.from(bytes));
        } catch (error) {
          assert.equal((error as { code: string }).code, 'parse: hpack');
        }
      }),
      { numRuns: 500 },
    );
  });
});
