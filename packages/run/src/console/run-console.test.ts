import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ConsoleEvent } from '@marteau/shared';
import { createMasker } from '@marteau/shared';
import { RunConsole } from './run-console.ts';

function consoleOf({ secrets = [] as string[], now = (): number => 0 } = {}) {
  const events: ConsoleEvent[] = [];
  const console = new RunConsole({
    send: async (batch) => void events.push(...structuredClone(batch)),
    masker: createMasker(secrets),
    share: 0,
    now,
  });
  return { console, events };
}

test('sends lines in batches and keeps them with time and source', async () => {
  const { console, events } = consoleOf();
  console.say('Cloning');
  await console.read('git', Readable.from([Buffer.from('one\ntw'), Buffer.from('o\nthree')]));
  await console.flush();
  assert.deepEqual(
    events.map(({ from, text }) => ({ from, text })),
    [
      { from: 'marteau', text: 'Cloning' },
      { from: 'git', text: 'one\ntwo\nthree' },
    ],
  );
  assert.equal(
    console.text,
    '00:00:00.000 marteau | Cloning\n00:00:00.000 git     | one\n00:00:00.000 git     | two\n00:00:00.000 git     | three\n',
  );
});

test('masks secrets that arrive in pieces, in what is sent and in what is kept', async () => {
  const { console, events } = consoleOf({ secrets: ['s3cr3t-token'] });
  await console.read(
    'script',
    Readable.from([Buffer.from('the s3cr'), Buffer.from('3t-tok'), Buffer.from('en\n')]),
  );
  console.say('and s3cr3t-token');
  await console.flush();
  assert.equal(events.map(({ text }) => text).join(' '), 'the *** and ***');
  assert.doesNotMatch(console.text, /s3cr3t/);
});

test('keeps characters whole that are cut between chunks', async () => {
  const { console, events } = consoleOf();
  const bytes = Buffer.from('né ✓\n');
  await console.read('app', Readable.from([...bytes].map((byte) => Buffer.from([byte]))));
  await console.flush();
  assert.equal(events[0]!.text, 'né ✓');
});

/** Bytes that are held, without what is garbage only. */
function held(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

test('sends a megabyte of 200 MB, says what it left out, and stays flat', async () => {
  let now = 0;
  const { console, events } = consoleOf({ now: () => now });
  const chunk = Buffer.from(`${'x'.repeat(99)}\n`.repeat(10_000));
  const input = console.input('script');
  const before = held();
  for (let i = 0; i < 200; i++) input.write(chunk);
  now = 60_000;
  input.write(Buffer.from('the end\n'));
  input.end();
  await console.flush();
  const sent = events.reduce((sum, { text }) => sum + text.length, 0);
  assert.ok(sent <= 2 * 1024 * 1024, `${sent} characters were sent`);
  assert.match(events.at(-2)!.text, /^\[… \d+ characters are not shown here: too much at once …\]$/);
  assert.equal(events.at(-1)!.text, 'the end');
  assert.ok(console.text.length < 3 * 1024 * 1024);
  assert.match(console.text, /the end\n$/);
  const grown = held() - before;
  assert.ok(grown < 120 * 1024 * 1024, `${grown} bytes more`);
});
