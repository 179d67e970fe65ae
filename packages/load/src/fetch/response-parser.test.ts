import assert from 'node:assert/strict';
import { request } from 'node:http';
import { Duplex } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ParseError } from './parse-error.ts';
import type { ResponseHead } from './response-head.ts';
import { ResponseParser } from './response-parser.ts';

/** What came of a stream of bytes, in a form to compare. */
interface Outcome {
  status: number | null;
  headers: [string, string][];
  body: string;
  end: 'complete' | 'cut off' | 'malformed';
  /** Of ours alone. */
  code?: string;
  left?: number;
}

function readWith(stream: Buffer, splits: number[], method = 'GET'): Outcome {
  const outcome: Outcome = { status: null, headers: [], body: '', end: 'cut off' };
  const parser = new ResponseParser({
    head(head: ResponseHead) {
      outcome.status = head.status;
      outcome.headers = head.lines.split('\r\n').filter(Boolean).map(nameAndValue);
    },
    body(bytes, from, to) {
      outcome.body += bytes.toString('latin1', from, to);
    },
    whole(body) {
      outcome.body = body;
    },
    end() {
      outcome.end = 'complete';
    },
  });
  parser.expect(method);
  const shared = Buffer.alloc(stream.length);
  const cuts = [...new Set(splits.map((cut) => cut % (stream.length + 1)))].sort((a, b) => a - b);
  let taken = 0;
  try {
    for (const [i, from] of [0, ...cuts].entries()) {
      const part = stream.subarray(from, cuts[i] ?? stream.length);
      part.copy(shared);
      taken += parser.read(shared, part.length);
      shared.fill(0xff);
    }
    if (outcome.end === 'cut off') parser.close();
    if (outcome.end === 'complete') outcome.left = stream.length - taken;
  } catch (error) {
    assert.ok(error instanceof ParseError, String(error));
    outcome.end = 'malformed';
    outcome.code = error.code;
  }
  return outcome;
}

function nameAndValue(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/g, '')];
}

/** The same stream read by Node's own client. */
function readWithNode(stream: Buffer, method = 'GET'): Promise<Outcome> {
  const outcome: Outcome = { status: null, headers: [], body: '', end: 'malformed' };
  return new Promise((resolve) => {
    const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    const call = request({
      createConnection: () => socket,
      method,
      agent: undefined,
      host: 'x',
      maxHeaderSize: 65536,
    });
    call.on('error', (error: NodeJS.ErrnoException) => {
      if (outcome.status === null && !error.code?.startsWith('HPE')) outcome.end = 'cut off';
      resolve(outcome);
    });
    call.on('response', (response) => {
      outcome.status = response.statusCode!;
      const raw = response.rawHeaders;
      for (let i = 0; i < raw.length; i += 2) outcome.headers.push([raw[i]!, raw[i + 1]!]);
      response.setEncoding('latin1').on('data', (text) => {
        outcome.body += text;
      });
      response.on('error', (error: NodeJS.ErrnoException) => {
        outcome.end = error.code?.startsWith('HPE') ? 'malformed' : 'cut off';
        resolve(outcome);
      });
      response.on('end', () => {
        outcome.end = response.complete ? 'complete' : 'cut off';
        resolve(outcome);
      });
    });
    call.end();
    setImmediate(() => {
      socket.push(stream);
      setImmediate(() => socket.push(null));
    });
  });
}

const token = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,12}$/);
const value = fc.stringMatching(/^[\x21-\x7e\x80-\xff]([\t\x20-\x7e\x80-\xff]{0,20}[\x21-\x7e\x80-\xff])?$/);
const harmless = fc
  .tuple(token, value)
  .filter(
    ([name]) =>
      !/^(connection|content-length|transfer-encoding|upgrade|set-cookie|content-type|trailer)$/i.test(name),
  );
const body = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((n) => String.fromCharCode(n)),
  maxLength: 60,
});
const chunks = fc.array(
  body.filter((text) => text !== ''),
  { maxLength: 5 },
);

const framed = fc.oneof(
  body.map((text) => ({ header: `Content-Length: ${text.length}\r\n`, wire: text })),
  chunks.map((parts) => ({
    header: 'transfer-encoding: Chunked\r\n',
    wire: `${parts.map((part) => `${part.length.toString(16)};a=b\r\n${part}\r\n`).join('')}0\r\n\r\n`,
  })),
  body.map((text) => ({ header: '', wire: text })),
);
const interim = fc.constantFrom(
  '',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n',
);
const answer = fc
  .tuple(
    interim,
    fc.constantFrom('1.1', '1.0'),
    fc.constantFrom('200 OK', '404 ', '500', '204 No', '304 X', '201 Ö'),
    fc.array(harmless, { maxLength: 4 }),
    framed,
  )
  .map(([first, version, status, headers, { header, wire }]) =>
    Buffer.from(
      `${first}HTTP/${version} ${status}\r\n${headers.map(([n, v]) => `${n}: ${v}\r\n`).join('')}${header}\r\n${wire}`,
      'latin1',
    ),
  );
/** An answer with some bytes changed, left out or put in. */
const damaged = fc
  .tuple(
    answer,
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('', '\r', '\n', '\r\n', ' ', '\0', ':', '0', 'ÿ', 'G')), {
      minLength: 1,
      maxLength: 3,
    }),
    fc.boolean(),
  )
  .map(([bytes, edits, replace]) => {
    let text = bytes.toString('latin1');
    for (const [place, what] of edits) {
      const at = place % (text.length + 1);
      text = text.slice(0, at) + what + text.slice(replace ? at + 1 : at);
    }
    return Buffer.from(text, 'latin1');
  });
const splits = fc.array(fc.nat(), { maxLength: 12 });

describe('the parser of answers', () => {
  it('gives the same result for any split of any stream', () => {
    const streams = fc.oneof(
      answer,
      damaged,
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(streams, splits, (stream, cuts) => {
        const inOne = readWith(stream, []);
        const inParts = readWith(stream, cuts);
        if (inOne.end === 'malformed') assert.deepEqual([inParts.end, inParts.code], [inOne.end, inOne.code]);
        else assert.deepEqual(inParts, inOne);
      }),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(answer, (stream) => {
        assert.deepEqual(readWith(stream, Array.from(stream.keys())), readWith(stream, []));
      }),
    );
  });

  it('reads what Node reads', async () => {
    await fc.assert(
      fc.asyncProperty(answer, splits, async (stream, cuts) => {
        const { left: _, ...ours } = readWith(stream, cuts);
        assert.deepEqual(ours, await readWithNode(stream));
      }),
      { numRuns: 1000 },
    );
  });

  it('completes nothing that Node refuses', async () => {
    await fc.assert(
      fc.asyncProperty(damaged, async (stream) => {
        const ours = readWith(stream, []);
        const nodes = await readWithNode(stream);
        if (ours.end === 'complete' && ours.left === 0)
          assert.deepEqual({ ...ours, left: undefined }, { ...nodes, left: undefined });
      }),
      { numRuns: 3000 },
    );
  });
});
