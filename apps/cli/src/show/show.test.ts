import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { parseFile, resolveFile } from '@marteau/file';
import type { TickEvent } from '@marteau/shared';
import { drawLoad, loadLine } from './draw.ts';
import { lineDisplay } from './line-display.ts';
import { liveDisplay } from './live-display.ts';
import { addTick, beginLoad } from './progress.ts';
import { fit, harmless } from './terminal-text.ts';

const written = parseFile('script: a.ts\ncycles: 5:10\nduration: 10s\nramp: 0s');
const { plan } = resolveFile(written.file!).file!.load;

function tick(second: number, more: Partial<TickEvent> = {}): TickEvent {
  return {
    type: 'tick',
    at: 0,
    second,
    share: 0,
    of: 1,
    step: 0,
    recording: true,
    users: 5,
    requests: 450,
    errors: 2,
    iterations: 150,
    failures: 1,
    bytesIn: 0,
    cpu: 0,
    loopDelay: 0,
    p50: 3000,
    p95: 12_000,
    p99: 20_000,
    max: 30_000,
    histogram: '',
    ...more,
  };
}

describe('a running load', () => {
  test('is drawn with bar, rate, totals, percentiles and the time that is left', () => {
    const progress = addTick(addTick(beginLoad(plan, 0), tick(0)), tick(1, { requests: 900 }));
    const text = drawLoad(progress, 10_000).join('\n').replaceAll('\u202f', ' ');
    assert.match(text, /^█{12}░{12} {2}50 % {2}5 users \(1 of 2\) {2}10s left\n/);
    assert.match(text, /900\/s {2}1 350 requests, 4 errors {2}300 iterations, 2 failed/);
    assert.match(text, /p50 3\.00 ms {2}p95 12\.0 ms {2}p99 20\.0 ms {2}▅█$/);
  });

  test('says when it is not recorded, and when its plan is over', () => {
    const progress = addTick(beginLoad(plan, 0), tick(0, { recording: false, step: 1 }));
    assert.match(
      drawLoad(progress, 99_000)[0]!,
      /100 % {2}10 users \(2 of 2\), not recorded yet {2}finishing/,
    );
    const done = addTick(
      addTick(progress, tick(1, { step: 1, errors: 1 })),
      tick(2, { recording: false, step: 1, errors: 0 }),
    );
    assert.match(drawLoad(done, 99_000)[0]!, /10 users \(2 of 2\) {2}finishing/);
    assert.match(loadLine(progress), / 2 errors /);
  });

  test('of a server is as far as it says', () => {
    const progress = { ...beginLoad(null, 0), told: { part: 0.25, step: 'cycle 1', leftMs: 44_200 } };
    assert.match(drawLoad(progress, 99_000)[0]!, /^█{6}░{18} {2}25 % {2}cycle 1 {2}45s left$/);
  });

  test('is a line for a log', () => {
    assert.match(
      loadLine(addTick(beginLoad(plan, 0), tick(74))),
      /^01:15 {2}5 users \(1 of 2\) {2}450\/s {2}p50 .* 2 errors {2}1 failed$/,
    );
  });
});

/** What stands on the screen after these bytes: only what a display uses is understood. */
function screenAfter(text: string): string[] {
  let lines: string[] = [''];
  for (const [, up, clear, end, letters] of text.matchAll(/\x1b\[(\d+)A\r|(\x1b\[J)|(\n)|([^\x1b\n]+)/g)) {
    if (up !== undefined) lines = [...lines.slice(0, lines.length - 1 - Number(up)), ''];
    else if (end !== undefined) lines.push('');
    else if (clear === undefined) lines.push((lines.pop() ?? '') + letters);
  }
  return lines;
}

describe('the display', () => {
  test('of a terminal redraws its last lines, keeps the others above them, and leaves nothing of itself', () => {
    const written: string[] = [];
    const screen = (): string[] => screenAfter(written.join(''));
    const display = liveDisplay(
      { redraw: (more) => void written.push(more), colour: false, columns: 60 },
      () => 5000,
    );
    display.phase('starting the app');
    display.console({ from: 'app', text: 'listening\non 8080' });
    assert.deepEqual(screen().slice(0, 2), ['app    | listening', 'app    | on 8080']);
    assert.match(screen()[2]!, /starting the app$/);
    display.begin(plan);
    display.tick(tick(0));
    const shown = screen();
    assert.equal(shown.length, 6);
    assert.ok(shown.every((line) => line.length < 60));
    display.say('First seen: 500');
    display.close();
    assert.deepEqual(screen(), ['app    | listening', 'app    | on 8080', 'First seen: 500', '']);
  });

  test('of a log says each phase and step, and of a long step every ten seconds', () => {
    const lines: string[] = [];
    const display = lineDisplay({ err: (line) => void lines.push(line), colour: false }, () => 0);
    display.phase('loading the script');
    display.begin(plan);
    for (let second = 0; second < 20; second++) display.tick(tick(second, { step: second < 15 ? 0 : 1 }));
    display.close();
    assert.equal(lines.shift(), 'loading the script\n');
    assert.deepEqual(
      lines.map((line) => line.slice(0, 5)),
      ['00:01', '00:11', '00:16'],
    );
  });
});

describe('what a foreign program prints', () => {
  const red = '\x1b[31mred\x1b[0m';
  for (const [what, text, colour, expected] of [
    ['colours where they are wanted', red, true, 'red'],
    ['no colours where they are not', red, false, 'red'],
    ['the title of the window', 'a\x1b]0;owned\x07b', true, 'ab'],
    ['the clipboard', 'a\x1b]52;c;ZXZpbA==\x1b\\b', true, 'ab'],
    ['a cursor that walks', 'a\x1b[2Ab\x1b[2Jc', true, 'abc'],
    ['an escape at the end', 'a\x1b', true, 'a'],
    ['plain text', 'a [31m b', true, 'a [31m b'],
  ] as const) {
    test(`is made harmless: ${what}`, () => {
      const shown = harmless(text, colour);
      assert.doesNotMatch(shown.replace(/\x1b\[[\d;]*m/g, ''), /\x1b/);
      assert.equal(stripVTControlCharacters(shown), expected);
      assert.equal(shown.includes('\x1b[31m'), colour && text === red);
    });
  }

  test('is cut to the width of the terminal', () => {
    assert.equal(fit('abcdef', 6), 'abcdef');
    assert.equal(fit('abcdef', 5), 'abcd…');
  });
});
