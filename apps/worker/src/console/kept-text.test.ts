import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeptText } from './kept-text.ts';

test('keeps a short text whole', () => {
  const kept = new KeptText(100);
  kept.add('one\n');
  kept.add('two\n');
  assert.equal(kept.toString(), 'one\ntwo\n');
});

test('keeps both ends of a long text and says what is missing', () => {
  const kept = new KeptText(1000);
  const lines = Array.from({ length: 400_000 }, (_, i) => `line ${i}\n`);
  for (const line of lines) kept.add(line);
  const text = kept.toString();
  const [head, missing, tail] = text.split(/^\[… (\d+) characters .*\]\n/m);
  assert.ok(lines.join('').startsWith(head!) && head!.length > 900);
  assert.ok(lines.join('').endsWith(tail!) && tail!.length >= 1000);
  assert.equal(head!.length + Number(missing) + tail!.length, lines.join('').length);
});

test('cuts nothing where both ends together hold the text', () => {
  const kept = new KeptText(10);
  for (const line of ['12345678\n', 'abcdefgh\n']) kept.add(line);
  assert.equal(kept.toString(), '12345678\nabcdefgh\n');
});
