import assert from 'node:assert/strict';
import { consoleLine } from '@marteau/run';
import { foreignError, type TickEvent } from '@marteau/shared';
import { mergeTick } from '../../../apps/web/src/live/merge-tick.ts';
import { createMessageReader } from '../../../packages/load/src/share/message-reader.ts';
import type { ChildMessage } from '../../../packages/load/src/share/messages.ts';
import { byteByByte, inParts } from '../cut.ts';
import type { Target } from '../target.ts';

const TOKEN = 't';
const stage = { index: 0, name: 'a', users: 1 };
const tick = {
  type: 'tick',
  ...{ at: 1, second: 1, share: 0, of: 2, step: 0, recording: true, users: 1, requests: 1, errors: 0 },
  ...{ iterations: 1, failures: 0, bytesIn: 1, cpu: 0.5, loopDelay: 1, p50: 1, p95: 1, p99: 1, max: 1 },
  histogram: 'HISTFAAAACJ4nJNpmSzMwMDAxQABzFCaEUzOmNZg/wEi0H2JlQkAVHEF1w==',
};
const group = {
  ...{
    kind: 'error',
    test: 'a',
    label: '',
    message: 'no',
    source: null,
    sourceText: null,
    count: 1,
    first: 1,
    last: 1,
  },
  ...{ byStep: { 0: 1 }, samples: [{ at: 1, user: 1, detail: 'x' }] },
};
const messages: object[] = [
  tick,
  { type: 'stage', stage, phase: 'begin', at: 1 },
  { type: 'failure', group },
  { type: 'stopped', threshold: 'p95 < 1s', metric: 'p95', at: 1, sentence: 'too slow' },
  { type: 'exchange', test: 'a', user: 1, label: 'GET /', outcome: '200', at: 1, ms: 1, text: 'GET /' },
  { type: 'note', text: 'a note' },
  { type: 'ready', tests: [{ name: 'a', fullName: 'b > a', skipped: false, source: null }], shared: null },
  { type: 'failed', code: 'script-threw', params: { where: 'a.ts:1:1', message: 'no' } },
  { type: 'done', sha256: 'x' },
];
const lines = messages.map((message) => JSON.stringify({ token: TOKEN, ...message }));

/**
 * What the engine's child says on its pipe, and what is done with it: nothing throws, and the same bytes are the same
 * messages however they are cut.
 */
export const target: Target = {
  name: 'child-messages',
  run(bytes) {
    const whole = read([bytes]);
    assert.deepEqual(read(inParts(bytes)), whole);
    assert.deepEqual(read(byteByByte(bytes)), whole);
    for (const message of whole) {
      if (message.type === 'tick') show(message);
      else if (message.type === 'failed') foreignError(message.code, message.params);
      else if (message.type !== 'ready' && message.type !== 'done') consoleLine(message);
    }
  },
  seeds: () => [...lines.map((line) => Buffer.from(`${line}\n`)), Buffer.from(`${lines.join('\n')}\n`)],
  most: 1500,
  dictionary: [
    '\n',
    '"token":"t",',
    'null',
    '[]',
    '{}',
    '"__proto__":',
    '1e308',
    '-1',
    ...lines.map((line) => `${line}\n`),
  ],
};

function read(parts: readonly Buffer[]): ChildMessage[] {
  const found: ChildMessage[] = [];
  const reader = createMessageReader(TOKEN, (message) => found.push(message));
  const decoder = new TextDecoder();
  for (const part of parts) reader(decoder.decode(part, { stream: true }));
  return found;
}

/** As the page of a run does with those of two shares. */
function show(message: TickEvent): void {
  mergeTick([message, message]);
}
