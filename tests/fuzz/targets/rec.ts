import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { MarteauError } from '@marteau/shared';
import { readRec } from '../../../packages/replay/src/rec/read-rec.ts';
import { writeRec } from '../../../packages/replay/src/rec/write-rec.ts';
import type { Exchange } from '../../../packages/replay/src/tape/exchange.ts';
import type { Target } from '../target.ts';

const tape = new URL('../../formats/tape.rec', import.meta.url);
const PAIR =
  'POST /a?b=c HTTP/1.1\nHost: x\nContent-Length: XXX\n\na=b&c=d\n\n200 OK\nContent-Type: a/b\n\n{"id": 1}\n';

/** A tape as recproxy writes it. It is refused with tape-wrong; what was read and is written is read again as it was. */
export const target: Target = {
  name: 'rec',
  run(bytes) {
    const exchanges = read(bytes);
    if (exchanges === null) return;
    const written = writeRec(exchanges);
    assert.deepEqual(read(written), exchanges);
    assert.ok(writeRec(exchanges).equals(written));
  },
  seeds: () => [
    readFileSync(tape),
    ...[
      PAIR,
      PAIR.replaceAll('\n', '\r\n'),
      `${PAIR}\n# the first\n# 2026-02-02T10:00:00.000Z 143.5 ms\n${PAIR}`,
      'GET https://a.example:1/x HTTP/1.0\n\n\nHTTP/1.0 200\n# body: base64\n\nAAEC\n',
      'GET / HTTP/1.1\n# body: 12 bytes, base64, cut from 50 bytes\n\nAAEC\n\n304\nContent-Length: 7\n\n',
      'PUT /u HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n\r\n1\r\n--x--\r\n\r\n\r\n204\r\n\r\n',
      'GET / HTTP/1.1\n\nHost: x\n\nA: b\n c\n\n\n200\n\n# the end\n',
      'HEAD / HTTP/2\n\n\n200\nContent-Length: 99\n\n',
    ].map((text) => Buffer.from(text)),
  ],
  dictionary: [
    '\n\n',
    '\r\n',
    '\n',
    '# body: ',
    ' bytes',
    'base64',
    'cut from 9 bytes',
    '# ',
    'GET / HTTP/1.1\n',
    '200 OK\n',
  ],
};

function read(bytes: Buffer): readonly Exchange[] | null {
  try {
    return readRec(bytes, 'a.rec').exchanges;
  } catch (error) {
    if (!(error instanceof MarteauError) || error.code !== 'tape-wrong') throw error;
    return null;
  }
}
