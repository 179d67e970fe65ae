import assert from 'node:assert/strict';
import { EventParser } from '../../../packages/load/src/event-source/event-parser.ts';
import { byteByByte, inParts } from '../cut.ts';
import type { Target } from '../target.ts';

/** A stream of events, as the load's EventSource reads it: never a throw, and the same events however it is cut. */
export const target: Target = {
  name: 'events',
  run(bytes) {
    const whole = read([bytes]);
    assert.deepEqual(read(inParts(bytes)), whole);
    assert.deepEqual(read(byteByByte(bytes)), whole);
  },
  seeds: () =>
    [
      'retry: 10\nid: 7\nevent: add\ndata: one\ndata: two\n\n',
      ': comment\r\n\r\ndata\r\rdata:x\n\nid\ndata: \u00fc\n\n',
      '\ufeffdata: first\n\nid: a\0\ndata: b\n\nfoo: bar\n\n',
    ].map((text) => Buffer.from(text)),
  dictionary: ['data:', 'event:', 'id:', 'retry:', '\n\n', '\r\n', '\r', '\xef\xbb\xbf', ':'],
};

function read(parts: readonly Buffer[]): unknown[] {
  const parser = new EventParser();
  const events = parts.flatMap((part) => parser.read(part));
  return [...events, parser.retryMs, parser.lastEventId];
}
