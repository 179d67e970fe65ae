import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { MarteauError } from '@marteau/shared';
import { readHar } from '../../../packages/replay/src/har/read-har.ts';
import { writeHar } from '../../../packages/replay/src/har/write-har.ts';
import { readRec } from '../../../packages/replay/src/rec/read-rec.ts';
import { writeRec } from '../../../packages/replay/src/rec/write-rec.ts';
import type { Tape } from '../../../packages/replay/src/tape/exchange.ts';
import type { Target } from '../target.ts';

const tape = new URL('../../formats/tape.har', import.meta.url);
const entry = (request: object, response: object, rest: object = {}) => ({
  startedDateTime: '2026-02-02T10:00:00.000+0100',
  time: 90,
  request: { method: 'GET', url: 'https://shop.test/a?b=c#d', httpVersion: 'h2', headers: [], ...request },
  response: { status: 200, statusText: 'OK', headers: [], content: { size: 2, text: 'ok' }, ...response },
  timings: { send: 1, wait: 20, receive: 3 },
  ...rest,
});
const params = [
  { name: 'a b', value: '1' },
  { name: 'f', fileName: 'x.png', contentType: 'image/png', value: 'ü' },
];
const entries: object[] = [
  entry({}, {}),
  entry({ postData: { mimeType: 'application/x-www-form-urlencoded', params } }, { status: 302 }),
  entry({ postData: { mimeType: 'multipart/form-data; boundary=xx', params } }, { status: 304 }),
  entry({ postData: { mimeType: 'a/b', text: 'AAEC', encoding: 'base64' } }, { content: { size: 4711 } }),
  entry(
    {
      headers: { Accept: '*/*', 'x-a': ['1', '2'] },
      cookies: [{ name: 'a', value: '1' }],
      queryString: { q: 'a b' },
    },
    {
      cookies: [
        {
          name: 'a',
          value: 'b',
          path: '/',
          expires: '2026-02-02T10:00:00Z',
          httpOnly: true,
          sameSite: 'Lax',
        },
      ],
    },
  ),
  entry(
    { url: 'http://me:p%40ss@Bücher.test:80/ü', headers: [{ name: ':authority', value: 'x' }] },
    {
      headers: [{ name: 'content-type', value: 'text/html; charset=iso-8859-1' }],
      content: { size: 5, text: 'grüße' },
    },
  ),
  entry({}, { content: { size: 2, _file: 'a.html' } }, { _resourceType: 'websocket' }),
  entry({ url: 'data:x' }, { status: 0, _error: 'net::ERR_FAILED' }, { comment: 'a\nb' }),
];

/**
 * A HAR of whatever tool. It is refused with tape-wrong; what was read and is written, as HAR and as .rec, is read again as
 * it was.
 */
export const target: Target = {
  name: 'har',
  run(bytes) {
    const read = refusing(() => readHar(bytes, 'a.har', (path) => Buffer.from(path)));
    if (read === null) return;
    const { exchanges } = read;
    assert.deepEqual(readHar(writeHar(exchanges), 'a.har').exchanges, exchanges);
    assert.deepEqual(readRec(writeRec(exchanges), 'a.rec').exchanges, exchanges);
  },
  seeds: () => [
    readFileSync(tape),
    ...entries.map((one) => Buffer.from(JSON.stringify({ log: { version: '1.2', entries: [one] } }))),
    Buffer.from('{"log":{"creator":{"name":"Marteau"},"entries":[\n{},\n{"request":'),
    Buffer.from('{"log": oops'),
    Buffer.from('\xff\xfe{\0', 'latin1'),
  ],
  dictionary: [
    '"text":"',
    '"encoding":"base64"',
    '"_file":"x"',
    '"size":',
    '"comment":"',
    '\\u0000',
    '\\n',
    '":{',
    '":[',
    '"},',
  ],
  most: 6000,
};

function refusing(read: () => Tape): Tape | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MarteauError) || error.code !== 'tape-wrong') throw error;
    return null;
  }
}
