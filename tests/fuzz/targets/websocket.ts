import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import { FrameReader } from '../../../packages/load/src/websocket/frame-reader.ts';
import { ProtocolError } from '../../../packages/load/src/websocket/protocol-error.ts';
import { byteByByte, inParts } from '../cut.ts';
import type { Target } from '../target.ts';

/**
 * Frames of a WebSocket's server, as the load's client reads them. What breaks the protocol is a ProtocolError; however
 * the bytes are cut, the same messages are found before it.
 */
export const target: Target = {
  name: 'websocket',
  run(bytes) {
    for (const deflate of [null, { takeover: true }]) {
      const whole = read([bytes], deflate);
      assert.deepEqual(read(inParts(bytes), deflate), whole);
      assert.deepEqual(read(byteByByte(bytes), deflate), whole);
    }
  },
  seeds: () => {
    const folded = deflateRawSync('folded and folded', { finishFlush: 2 }).subarray(0, -4);
    return [
      Buffer.from([0x81, 2, 0x68, 0x69, 0x82, 1, 0xff, 0x88, 4, 3, 0xe8, 0x6f, 0x6b]),
      Buffer.from([0x01, 1, 0x61, 0x89, 1, 0x70, 0x00, 0, 0x80, 2, 0xc3, 0xbc, 0x8a, 0]),
      Buffer.from([0x82, 126, 0, 3, 1, 2, 3, 0x82, 127, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2]),
      Buffer.concat([Buffer.from([0xc1, folded.length]), folded, Buffer.from([0xc1, folded.length]), folded]),
      Buffer.from([0x88, 2, 3, 0xed]),
      Buffer.from([0x81, 0x81, 1, 2, 3, 4, 5]),
    ];
  },
  dictionary: [
    '\x81',
    '\x82',
    '\xc1',
    '\x01',
    '\x80',
    '\x88\x02\x03\xe8',
    '\x89',
    '\x8a',
    '\x7e\x00\x80',
    '\x7f',
  ],
};

function read(parts: readonly Buffer[], deflate: { takeover: boolean } | null): unknown[] {
  const found: unknown[] = [];
  const reader = new FrameReader(
    {
      text: (text, length) => found.push(['text', text, length]),
      binary: (bytes, length) => found.push(['binary', bytes.toString('hex'), length]),
      pinged: (payload) => found.push(['ping', payload.toString('hex')]),
      ponged: (payload) => found.push(['pong', payload.toString('hex')]),
      closeFrame: (code, reason) => found.push(['close', code, reason]),
    },
    deflate,
  );
  try {
    for (const part of parts) reader.read(part, part.length);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    found.push([error.code, error.message]);
  }
  return found;
}
