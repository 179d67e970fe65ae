// What real clients and servers said, through the proxy’s conversation, cut at every byte: the messages found are those
// that a reader of the whole finds, which was written for itself from the specifications.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Exchange } from '../contracts.ts';
import { type Capture, type Part, partsOf, readCaptures } from '../fixtures/captures/read-captures.ts';
import { readHttp } from '../fixtures/readings/http.ts';
import { readMemcache } from '../fixtures/readings/memcache.ts';
import { readMysql } from '../fixtures/readings/mysql.ts';
import { readPostgres } from '../fixtures/readings/postgres.ts';
import type { Read, Reading } from '../fixtures/readings/reading.ts';
import { readRedis } from '../fixtures/readings/redis.ts';
import { readSmtp } from '../fixtures/readings/smtp.ts';
import type { Transport } from '../proxy/conversation.ts';
import type { Link } from '../proxy/link.ts';
import { Messages } from '../proxy/messages.ts';
import { findProtocol } from './index.ts';
import type { Dialogue } from './protocol.ts';

const readers: Record<string, Read> = {
  http: readHttp,
  memcache: readMemcache,
  mysql: readMysql,
  postgres: readPostgres,
  redis: readRedis,
  smtp: readSmtp,
};
/** A capture is cut at so many places at the most; longer ones at every second, third … byte. */
const MOST_CUTS = 1200;

/** A direction that keeps what is sent in it. */
function aLink(bytes: Buffer[]): Link {
  const send = (chunk: Buffer) => void bytes.push(Buffer.from(chunk));
  return { cuts: true, swap() {}, send } as unknown as Link;
}

const idle = {
  isClosed: false,
  asksRequests: true,
  standstill: 600_000,
  decide() {},
  answer: () => assert.fail('nothing is answered here'),
  note: (detail: string) => assert.fail(detail),
  degrade: (why: string) => assert.fail(why),
  close: () => assert.fail('nothing is closed'),
};

interface Followed {
  found: Reading[];
  up: Buffer;
  down: Buffer;
  /** Why it went on as tcp; null when it did not. */
  lost: string | null;
}

/** Has the proxy’s conversation follow parts, with a behaviour that asks about requests and hits none. */
function follow(protocol: string, parts: Iterable<Part>): Followed {
  const found: Reading[] = [];
  let [sent, said] = [0, 0];
  let lost: string | null = null;
  const up: Buffer[] = [];
  const down: Buffer[] = [];
  const dialogue = findProtocol(protocol).open!();
  const watched: Dialogue = new Proxy(dialogue, {
    get(_, name) {
      if (name === 'request')
        return (chunk: Buffer, at: number) => {
          const to = dialogue.request(chunk, at);
          sent += to - at;
          const last = found.at(-1);
          if (dialogue.found === 'end' && last !== undefined) last.requestEnd = sent;
          return to;
        };
      if (name === 'response')
        return (chunk: Buffer, at: number, exchange: Exchange | undefined) => {
          const to = dialogue.response(chunk, at, exchange);
          said += to - at;
          if (dialogue.found === 'end' && exchange?.number) found[exchange.number - 1]!.answerEnd = said;
          return to;
        };
      if (name === 'describe')
        return (exchange: Exchange) => {
          dialogue.describe(exchange);
          found.push({ command: exchange.command, requestEnd: 0, answerEnd: null });
        };
      return Reflect.get(dialogue, name, dialogue);
    },
  });
  const transport: Transport = {
    ...idle,
    up: aLink(up),
    down: aLink(down),
    degrade(why) {
      lost = why;
    },
  };
  const messages = new Messages(transport, watched);
  for (const { isRequest, bytes } of parts) {
    if (lost !== null) (isRequest ? up : down).push(bytes);
    else if (isRequest) messages.fromClient(bytes);
    else messages.fromBackend(bytes);
  }
  messages.ended();
  return { found, up: Buffer.concat(up), down: Buffer.concat(down), lost };
}

const side = (parts: readonly Part[], isRequest: boolean) =>
  Buffer.concat(parts.filter((part) => part.isRequest === isRequest).map(({ bytes }) => bytes));

function* byteByByte(parts: readonly Part[]): Generator<Part> {
  for (const { isRequest, bytes } of parts) {
    for (let i = 0; i < bytes.length; i++) yield { isRequest, bytes: bytes.subarray(i, i + 1) };
  }
}

/** Cut once, at a byte of them all. */
function* cutAt(parts: readonly Part[], place: number): Generator<Part> {
  let from = 0;
  for (const part of parts) {
    const at = place - from;
    from += part.bytes.length;
    if (at <= 0 || at >= part.bytes.length) yield part;
    else {
      yield { ...part, bytes: part.bytes.subarray(0, at) };
      yield { ...part, bytes: part.bytes.subarray(at) };
    }
  }
}

function check(protocol: string, capture: Capture): void {
  const parts = partsOf(capture);
  const [requests, answers] = [side(parts, true), side(parts, false)];
  const expected = readers[protocol]!(requests, answers);
  assert.ok(expected.length > 0);
  const compare = (cut: Iterable<Part>, how: string) => {
    const { found, up, down, lost } = follow(protocol, cut);
    // A request that no longer has an answer of its own is the last one that is told apart.
    const told = lost === null ? found : found.slice(0, expected.length);
    assert.deepEqual(told, expected, how);
    assert.ok(up.equals(requests) && down.equals(answers), `${how}: the bytes are others`);
  };
  compare(parts, 'as it was');
  compare(byteByByte(parts), 'byte by byte');
  const length = requests.length + answers.length;
  const step = Math.ceil(length / MOST_CUTS);
  for (let place = 1; place < length; place += step) compare(cutAt(parts, place), `cut at ${place}`);
}

/** Has a capture said again, with an error for one request, and without what the backend said to it. */
function breakOne(protocol: string, capture: Capture, place: number): void {
  const parts = partsOf(capture);
  const readings = readers[protocol]!(side(parts, true), side(parts, false));
  const dialogue = findProtocol(protocol).open!();
  const up: Buffer[] = [];
  const down: Buffer[] = [];
  const answeredHere = new Set<Reading>();
  /** The backend gets something else in their place, and what it says to that is kept back. */
  const replaced = new Set<Reading>();
  let errors = 0;
  let [sent, said, expected] = [0, 0, 0];
  const transport = {
    ...idle,
    isClosed: false,
    up: aLink(up),
    down: aLink(down),
    decide(exchange: Exchange) {
      if (exchange.number !== place + 1) return;
      const error = dialogue.error(exchange, { status: 0, message: '' }, 0);
      exchange.fate = { kind: 'answer', ...error };
      if (error.instead) replaced.add(readings[place]!);
    },
    answer(_: Exchange, bytes: Buffer, close: boolean) {
      errors++;
      expected += bytes.length;
      down.push(bytes);
      transport.isClosed ||= close;
    },
  };
  const messages = new Messages(transport, dialogue);
  for (const { isRequest, bytes } of parts) {
    for (let at = 0; at < bytes.length && !transport.isClosed; ) {
      const now = isRequest ? sent : said;
      const reading = readings.find(
        ({ requestEnd, answerEnd }) => (isRequest ? requestEnd : (answerEnd ?? 0)) > now,
      );
      if (reading === undefined) return; // there are no messages from here on
      const step = Math.min(bytes.length - at, (isRequest ? reading.requestEnd : reading.answerEnd!) - now);
      const part = bytes.subarray(at, at + step);
      at += step;
      if (isRequest) {
        up.length = 0;
        sent += step;
        messages.fromClient(part);
        const passed = Buffer.concat(up);
        if (passed.length === 0) answeredHere.add(reading);
        else if (passed.includes('DISCARD')) {
          if (!passed.equals(part)) replaced.add(reading);
        }
      } else {
        said += step;
        if (answeredHere.has(reading)) continue;
        const isDiscarded = protocol === 'redis' && replaced.has(reading);
        const answer = isDiscarded ? Buffer.from('+OK\r\n') : part;
        const kept = isDiscarded ? answer.length : replaced.has(reading) ? 'MN\r\n'.length : 0;
        expected += answer.length - kept;
        messages.fromBackend(answer);
      }
    }
    // A client whose COPY has failed would not send what follows.
    if (transport.isClosed || (errors > 0 && readings[place]!.command === 'COPY')) return;
  }
  messages.ended();
  assert.ok(errors > 0, `request ${place + 1} got no error`);
  assert.equal(Buffer.concat(down).length, expected, `something waits behind request ${place + 1}`);
}

function breakEach(protocol: string, capture: Capture): void {
  const parts = partsOf(capture);
  const readings = readers[protocol]!(side(parts, true), side(parts, false));
  for (const [place, { answerEnd }] of readings.entries()) {
    if (answerEnd !== null) breakOne(protocol, capture, place);
  }
}

const captures = readCaptures();

for (const [protocol, ofProtocol] of captures) {
  describe(protocol, () => {
    for (const [i, capture] of ofProtocol.entries()) {
      test(`${capture.client} (${i + 1})`, () => check(protocol, capture));
      test(`${capture.client} (${i + 1}): each request in turn gets an error, and none waits`, () =>
        breakEach(protocol, capture));
    }
  });
}

test('each protocol has captures of at least three clients', () => {
  for (const protocol of Object.keys(readers)) {
    const clients = new Set(captures.get(protocol)?.map(({ client }) => client));
    assert.ok(clients.size >= 3, protocol);
  }
});

test('an empty message that is cut goes on as it came, before what follows it', () => {
  const parts = ['*', '0\r\n', '*1\r\n$4\r\nPING\r\n'].map((text) => ({
    isRequest: true,
    bytes: Buffer.from(text),
  }));
  const { found, up } = follow('redis', parts);
  assert.deepEqual(
    found.map(({ command }) => command),
    ['PING'],
  );
  assert.equal(up.toString(), '*0\r\n*1\r\n$4\r\nPING\r\n');
});
