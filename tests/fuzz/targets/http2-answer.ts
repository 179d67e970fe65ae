import assert from 'node:assert/strict';
import { FrameReader } from '../../../packages/load/src/fetch/h2/frame-reader.ts';
import { FLAG, FRAME } from '../../../packages/load/src/fetch/h2/frame-types.ts';
import { HpackDecoder } from '../../../packages/load/src/fetch/h2/hpack/decoder.ts';
import { ResponseFields } from '../../../packages/load/src/fetch/h2/response-fields.ts';
import { readSettings, unsaidSettings } from '../../../packages/load/src/fetch/h2/settings.ts';
import { ParseError } from '../../../packages/load/src/fetch/parse-error.ts';
import { byteByByte, inParts } from '../cut.ts';
import type { Target } from '../target.ts';

/**
 * Frames of HTTP/2 as the load's client reads them, with the header blocks in them by one decoder, and SETTINGS. What is
 * none is a ParseError; however the bytes are cut, the same is found. The lines of a head are one line each.
 */
export const target: Target = {
  name: 'http2-answer',
  run(bytes) {
    const whole = read([bytes]);
    assert.deepEqual(read(inParts(bytes)), whole);
    assert.deepEqual(read(byteByByte(bytes)), whole);
  },
  seeds: () => [
    frames([FRAME.SETTINGS, 0, 0, '000300000064000400010000'], [FRAME.SETTINGS, 1, 0, '']),
    frames(
      [
        FRAME.HEADERS,
        4,
        1,
        '88 5f 87 497ca589d34d1f 0f0d0234 32 6196d07abe941054d444a8200595040b8166e082a62d1bff',
      ],
      [FRAME.DATA, 1, 1, '676f6f64'],
      [FRAME.HEADERS, 5, 3, '88 c0 be 3f e1 01 bf'],
    ),
    frames(
      [FRAME.HEADERS, 4, 1, '4803333032 5807707269766174 65 400161 0162 1001630164 0f2b0165'],
      [FRAME.PING, 0, 0, '0102030405060708'],
    ),
    frames([FRAME.HEADERS, 4, 1, '3fe11f 48826402 5885aec3771a4b'], [FRAME.RST_STREAM, 0, 1, '00000008']),
    frames([FRAME.GOAWAY, 0, 0, '0000000100000000'], [0x42, 0xff, 0, 'ffff']),
  ],
};

type Frame = readonly [type: number, flags: number, stream: number, hex: string];

function frames(...all: readonly Frame[]): Buffer {
  return Buffer.concat(
    all.map(([type, flags, stream, hex]) => {
      const payload = Buffer.from(hex.replaceAll(' ', ''), 'hex');
      const head = Buffer.from([0, 0, payload.length, type, flags, 0, 0, 0, stream]);
      return Buffer.concat([head, payload]);
    }),
  );
}

function read(parts: readonly Buffer[]): unknown[] {
  const found: unknown[] = [];
  const decoder = new HpackDecoder();
  const fields = new ResponseFields();
  const settings = unsaidSettings();
  const headOf = (bytes: Buffer, from: number, to: number): unknown => {
    fields.begin(false);
    decoder.decode(bytes, from, to, fields.take);
    assert.ok(decoder.table.size <= decoder.table.limit);
    const head = fields.end();
    assert.ok(
      head.lines.split('\r\n').every((line) => line === '' || /^[^\r\n\0:]+: [^\r\n\0]*$/.test(line)),
    );
    return head;
  };
  const reader = new FrameReader({
    frame(type, flags, stream, bytes, from, to) {
      found.push([type, flags, stream, bytes.toString('latin1', from, to)]);
      const isSettings = type === FRAME.SETTINGS && (to - from) % 6 === 0;
      if (isSettings) readSettings(settings, bytes, from, to);
      if (type === FRAME.HEADERS && flags & FLAG.END_HEADERS) found.push(headOf(bytes, from, to));
    },
  });
  try {
    for (const part of parts) reader.read(part, part.length);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    found.push(error.code);
  }
  return [...found, settings];
}
