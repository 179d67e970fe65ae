import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { FrameReader, type FrameSink, LARGEST_MESSAGE } from './frame-reader.ts';
import { ProtocolError } from './protocol-error.ts';
import { BINARY, frameOf, TEXT } from './write-frame.ts';

/** A frame as a server sends it. @param first FIN, reserved bits and opcode */
function frame(first: number, payload: string | Uint8Array = '', length?: readonly number[]): Buffer {
  const bytes = Buffer.from(payload as string);
  const size = bytes.length;
  const plain = size < 126 ? [size] : size < 65_536 ? [126, size >> 8, size & 255] : [127, 0, 0, 0, 0];
  const long = size < 65_536 ? [] : [size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255];
  return Buffer.concat([Buffer.from([first, ...(length ?? [...plain, ...long])]), bytes]);
}

/** What a reader tells of some bytes that come in parts of so many, and the code with which it gives up. */
function read(bytes: Buffer, size = bytes.length, deflate: { takeover: boolean } | null = null): unknown[] {
  const told: unknown[] = [];
  const sink: FrameSink = {
    text: (text) => told.push(text),
    binary: (data) => told.push([...data]),
    pinged: (payload) => told.push(`ping ${payload}`),
    ponged: (payload) => told.push(`pong ${payload}`),
    closeFrame: (code, reason) => told.push(`close ${code} ${reason}`),
  };
  const reader = new FrameReader(sink, deflate);
  try {
    for (let at = 0; at < bytes.length; at += size) {
      const part = bytes.subarray(at, at + size);
      reader.read(part, part.length);
    }
  } catch (error) {
    assert.ok(error instanceof ProtocolError, String(error));
    told.push(error.code);
  }
  return told;
}

const close = (code: number, reason: string | Uint8Array = '') =>
  frame(0x88, Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason as string)]));
const tail = (text: string) => deflateRawSync(text, { finishFlush: 2 }).subarray(0, -4);

/** After the cases of Autobahn's test suite, by its numbers. */
const cases: Record<string, [Buffer[], unknown[]]> = {
  '1.1 texts of every length of a head': [
    [
      frame(0x81),
      frame(0x81, 'a'.repeat(125)),
      frame(0x81, 'b'.repeat(126)),
      frame(0x81, 'c'.repeat(65_536)),
    ],
    ['', 'a'.repeat(125), 'b'.repeat(126), 'c'.repeat(65_536)],
  ],
  '1.2 bytes': [[frame(0x82, new Uint8Array([0, 255]))], [[0, 255]]],
  '2 pings, pongs that nobody asked for': [
    [frame(0x89, 'x'.repeat(125)), frame(0x8a, 'y')],
    [`ping ${'x'.repeat(125)}`, 'pong y'],
  ],
  '2.5 a ping of 126 bytes': [[frame(0x89, 'x'.repeat(126))], [1002]],
  '3 reserved bits': [
    [frame(0x81, 'a'), frame(0xa1, 'b')],
    ['a', 1002],
  ],
  '3 a compressed message that was not agreed upon': [[frame(0xc1, 'a')], [1002]],
  '4.1 reserved opcodes': [[frame(0x83)], [1002]],
  '4.2 reserved control opcodes': [
    [frame(0x81, 'a'), frame(0x8b)],
    ['a', 1002],
  ],
  '5.1 a fragmented ping': [[frame(0x09, 'a'), frame(0x80, 'b')], [1002]],
  '5.3 fragments': [[frame(0x01, 'a'), frame(0x80, 'b')], ['ab']],
  '5.6 a ping between fragments': [
    [frame(0x01, 'a'), frame(0x89, 'p'), frame(0x80, 'b')],
    ['ping p', 'ab'],
  ],
  '5.9 a continuation of nothing': [[frame(0x80, 'a')], [1002]],
  '5.9 a fragment of nothing': [[frame(0x00, 'a')], [1002]],
  '5.18 a message within another one': [[frame(0x01, 'a'), frame(0x81, 'b')], [1002]],
  '6.1 empty fragments': [[frame(0x01), frame(0x00), frame(0x80)], ['']],
  '6.2 a character cut in two': [
    [frame(0x01, new Uint8Array([0xc3])), frame(0x80, new Uint8Array([0xbc]))],
    ['ü'],
  ],
  '6.3 no UTF-8': [[frame(0x81, new Uint8Array([0xce, 0xba, 0xed, 0xa0, 0x80]))], [1007]],
  '6.4 half a character at the end': [[frame(0x81, new Uint8Array([0xf0, 0x9f]))], [1007]],
  '7.3 a close without a code': [[frame(0x88)], ['close null ']],
  '7.3 half a code': [[frame(0x88, 'x')], [1002]],
  '7.3 a code and a reason': [[close(1000, 'done')], ['close 1000 done']],
  '7.3 a reason that is too long': [[close(1000, 'x'.repeat(124))], [1002]],
  '7.5 a reason that is no UTF-8': [[close(1000, new Uint8Array([0xff]))], [1007]],
  '7.7 codes that may be sent': [
    [1000, 1003, 1007, 1011, 3000, 4999].map((code) => close(code)),
    [1000, 1003, 1007, 1011, 3000, 4999].map((code) => `close ${code} `),
  ],
  ...Object.fromEntries(
    [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map((code) => [
      `7.9 the code ${code}`,
      [[close(code)], [1002]],
    ]),
  ),
  '9.1 a message of 100 MB': [[frame(0x82, '', [127, 0, 0, 0, 0, 6, 0, 0, 0])], [1009]],
  '9.1 a length without an end': [[frame(0x82, '', [127, 255, 255, 255, 255, 0, 0, 0, 0])], [1009]],
  'a masked frame of a server': [[Buffer.from([0x81, 0x81, 1, 2, 3, 4, 5])], [1002]],
};

describe('frames of WebSockets', () => {
  for (const [name, [frames, told]] of Object.entries(cases)) {
    it(name, () => {
      const bytes = Buffer.concat(frames);
      assert.deepEqual(read(bytes), told);
      assert.deepEqual(read(bytes, 1), told, 'byte by byte');
    });
  }

  it('12 compressed messages, each by itself or with those before it', () => {
    const takeover = { takeover: true };
    assert.deepEqual(read(frame(0xc1, tail('compressed')), 3, { takeover: false }), ['compressed']);
    const fragments = Buffer.concat([
      frame(0x41, tail('ab').subarray(0, 2)),
      frame(0x80, tail('ab').subarray(2)),
    ]);
    assert.deepEqual(read(fragments, 2, takeover), ['ab']);
    assert.deepEqual(read(frame(0xc1, 'not compressed'), 5, takeover), [1002]);
    assert.deepEqual(read(Buffer.concat([frame(0xc1, tail('x')), frame(0x81, 'plain')]), 5, takeover), [
      'x',
      'plain',
    ]);
  });

  it('a compressed message refers to the ones before it', () => {
    const text = 'what was said before is said again: '.repeat(3);
    const again = deflateRawSync(text, { finishFlush: 2, dictionary: Buffer.from(text) }).subarray(0, -4);
    const bytes = Buffer.concat([frame(0xc1, tail(text)), frame(0xc1, again)]);
    assert.deepEqual(read(bytes, 7, { takeover: true }), [text, text]);
    assert.deepEqual(read(bytes, 7, { takeover: false }), [text, 1002]);
  });

  it('a message that unfolds to more than may be', () => {
    const bomb = deflateRawSync(Buffer.alloc(LARGEST_MESSAGE + 1), { finishFlush: 2 }).subarray(0, -4);
    assert.ok(bomb.length < 100_000);
    assert.deepEqual(read(frame(0xc2, bomb), bomb.length + 20, { takeover: false }), [1009]);
  });

  it('are masked on their way out, and the same behind the mask', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70_000 }), (payload) => {
        const sent = frameOf(BINARY, payload);
        const start = sent.length - payload.length;
        const mask = sent.subarray(start - 4, start);
        assert.equal(sent[1]! & 0x80, 0x80);
        const unmasked = sent.subarray(start).map((byte, i) => byte ^ mask[i & 3]!);
        assert.ok(Buffer.from(payload).equals(unmasked));
      }),
      { numRuns: 50 },
    );
    const sent = frameOf(TEXT, 'ü');
    assert.equal(sent.length, 8);
  });

  it('are read alike however they are cut', () => {
    const bytes = Buffer.concat(
      Object.values(cases)
        .slice(0, 3)
        .flatMap(([frames]) => frames),
    );
    const whole = read(bytes);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70_000 }), (size) => assert.deepEqual(read(bytes, size), whole)),
      { numRuns: 20 },
    );
  });
});
