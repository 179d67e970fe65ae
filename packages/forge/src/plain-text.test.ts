import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { plainText } from './comment.ts';
import { cutTo } from './status.ts';

test('what strangers named says nothing in a comment', () => {
  for (const [text, shown] of [
    ['@team look at #1', '@\u200bteam look at #\u200b1'],
    ['<img src=x onerror=1>', '&lt;img src=x onerror=1&gt;'],
    ['a | b\nc', 'a \\| b c'],
    ['[link](https://evil)', '\\[link\\]\\(https:\u200b//evil\\)'],
    ['--> <!-- marteau:Shop run:z -->', '--&gt; &lt;\\!-- marteau:Shop run:z --&gt;'],
    ['\u202Eabc', ' abc'],
  ] as const)
    assert.equal(plainText(text), shown);
});

test('no HTML, no mention, no line and no cell comes out of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.doesNotMatch(plainText(text), /[<>\n\r]|[@#](?!\u200b)|(?<!\\)\|/u);
    }),
  );
});

test('a text is cut at its end, and no character in two', () => {
  assert.equal(cutTo('abc', 3), 'abc');
  assert.equal(cutTo('abcd', 3), 'ab…');
  assert.equal(cutTo('a😀😀', 3), 'a…');
});
