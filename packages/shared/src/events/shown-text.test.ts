import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { shownText } from './shown-text.ts';

for (const [what, text, shown] of [
  ['colours', '\x1b[1;31mred\x1b[0m \x1b[38:5:1mx\x1b[m', '\x1b[1;31mred\x1b[0m \x1b[38:5:1mx\x1b[m'],
  ['lines and tabs', 'a\tb\nc', 'a\tb\nc'],
  ['a title', 'a\x1b]0;owned\x07b', 'ab'],
  ['the clipboard', 'a\x1b]52;c;ZXZpbA==\x1b\\b', 'ab'],
  ['a device’s own order', 'a\x1bP1;2|x\x1b\\b\x1b_y\x1b\\c', 'abc'],
  ['a cursor that walks', 'a\x1b[2Ab\x1b[2Jc\x1b[?25ld', 'abcd'],
  ['another set of letters, a reset', 'a\x1b(0b\x1bcd', 'abd'],
  ['orders in eight bits', 'a\x9b2Jb\x9d0;x\x9cc', 'a\u{fffd}2Jb\u{fffd}0;x\u{fffd}c'],
  ['an order without an end', 'a\x1b]0;title and all that follows', 'a0;title and all that follows'],
  ['half an order', 'a\x1b[31', 'a[31'],
  ['a bell, a backspace, a return', 'a\x07b\x08c\rd', 'ab\u{fffd}c\u{fffd}d'],
] as const)
  test(`${what}`, () => assert.equal(shownText(text), shown));

test('nothing but colours is left of any text, and reading it again changes nothing', () => {
  const unit = fc.constantFrom(
    '\x1b',
    '[',
    ']',
    'm',
    '3',
    ';',
    'P',
    '\\',
    '\x07',
    '\x9b',
    'a',
    '\n',
    ' ',
    '(',
  );
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      const shown = shownText(text);
      assert.doesNotMatch(shown.replace(/\x1b\[[\d;:]*m/g, ''), /[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
      assert.equal(shownText(shown), shown);
    }),
  );
});

test('what begins many orders costs no more than its length', () => {
  assert.equal(shownText('\x1b]'.repeat(200_000)).length, 0);
  assert.equal(shownText('\x1b['.repeat(200_000)).length, 200_000);
});
