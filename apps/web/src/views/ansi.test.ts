import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { newPen, parseAnsi } from '../../public/js/parts/ansi.ts';
import { consoleTail } from './console.ts';

const shown = (line: string) =>
  parseAnsi(line, newPen()).map(({ text, style }) => (style ? `[${style}]${text}` : text));

describe('colours', () => {
  for (const [line, expected] of [
    ['plain', ['plain']],
    ['', []],
    ['\u001b[31mred\u001b[0m plain', ['[f1]red', ' plain']],
    ['\u001b[1;4;92mbold', ['[b u f10]bold']],
    ['\u001b[1mbold\u001b[22m not', ['[b]bold', ' not']],
    ['\u001b[41mback\u001b[49m', ['[g1]back']],
    ['\u001b[38;5;196mcube', ['[f9]cube']],
    ['\u001b[38;5;3mnamed', ['[f3]named']],
    ['\u001b[38;5;245mgrey', ['[f8]grey']],
    ['\u001b[38;2;0;200;0mdirect', ['[f10]direct']],
    ['\u001b[48;2;0;0;90mdirect', ['[g4]direct']],
    ['\u001b[mreset', ['reset']],
  ] as const) {
    test(JSON.stringify(line), () => assert.deepEqual(shown(line), expected));
  }
});

describe('what is dropped', () => {
  for (const [line, expected] of [
    ['a\u001b[2Kb', ['a', 'b']],
    ['a\u001b]0;title\u0007b', ['a', 'b']],
    ['a\u001b]8;;https://evil.example\u001b\\link\u001b]8;;\u001b\\', ['a', 'link']],
    ['a\u001b]0;never ends', ['a']],
    ['a\u001bcb', ['a', 'b']],
    ['a\u001b(Bb', ['a', 'b']],
    ['bell\u0007 back\u0008space', ['bell backspace']],
    ['turned \u202e round', ['turned  round']],
    ['10 %\r50 %\r100 %', ['100 %']],
    ['windows\r', ['windows']],
    ['ends\u001b', ['ends']],
    ['ends\u001b[', ['ends']],
  ] as const) {
    test(JSON.stringify(line), () => assert.deepEqual(shown(line), expected));
  }
});

test('whatever is printed, nothing invisible and no escape is left, and styles are known class names', () => {
  const noise = fc.string({
    unit: fc.constantFrom('\u001b', '[', ']', '3', '8', ';', 'm', '5', 'a', '<', '\u0007', '\r', '\\', 'é'),
  });
  fc.assert(
    fc.property(noise, (line) => {
      for (const { text, style } of parseAnsi(line, newPen())) {
        assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
        assert.match(style, /^(?:(?:[bdtus]|[fg]1?\d)(?: |$))*$/);
      }
    }),
    { numRuns: 2000 },
  );
});

test('text without control characters comes through as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '<', '&', ' ', '日', '"', '\t') }), (line) => {
      assert.equal(
        parseAnsi(line, newPen())
          .map(({ text }) => text)
          .join(''),
        line,
      );
    }),
  );
});

test('a long line of nothing but escapes takes no time to speak of', () => {
  const line = '\u001b[31m'.repeat(100_000);
  assert.equal(parseAnsi(line.slice(0, 4000), newPen()).length, 0);
});

test('colours last over lines, for each source by itself; only the end of a long console is shown', () => {
  const tail = consoleTail([
    { from: 'script', share: 0, text: '\u001b[31mred\nstill red' },
    { from: 'app', share: 0, text: 'plain' },
    { from: 'script', share: 0, text: 'red again\n' },
  ]);
  assert.deepEqual(
    tail.lines.map(({ from, spans }) => [from, spans[0]?.style]),
    [
      ['script', 'f1'],
      ['script', 'f1'],
      ['app', ''],
      ['script', 'f1'],
    ],
  );
  const long = consoleTail([{ from: 'script', share: 0, text: 'x\n'.repeat(3000) }]);
  assert.equal(long.lines.length, 1000);
  assert.equal(long.cut, true);
});
