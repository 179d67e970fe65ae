import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lineSplitter } from './line-splitter.ts';

function split(chunks: string[], limit?: number): string[] {
  const splitter = lineSplitter(limit);
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
}

for (const { name, chunks, lines } of [
  { name: 'whole lines', chunks: ['a\nb\n'], lines: ['a', 'b'] },
  { name: 'a line in pieces', chunks: ['a', 'b', '\n'], lines: ['ab'] },
  { name: 'no line end', chunks: ['a\nb'], lines: ['a', 'b'] },
  { name: 'ends of Windows', chunks: ['a\r', '\nb\r\n'], lines: ['a', 'b'] },
  { name: 'empty lines', chunks: ['\n\na\n'], lines: ['', '', 'a'] },
  { name: 'ANSI colours', chunks: ['\x1b[31mred\x1b[0m\n'], lines: ['\x1b[31mred\x1b[0m'] },
  { name: 'binary', chunks: ['\x00a\x07\tb\n'], lines: ['\ufffda\ufffd\tb'] },
  {
    name: 'a line over the limit',
    chunks: ['12345678', '901234', '567\nnext\n'],
    lines: ['123456789012… [5 characters of this line were cut]', 'next'],
  },
]) {
  test(`splits ${name}`, () => assert.deepEqual(split(chunks, 12), lines));
}

test('loses nothing, however the text is cut', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\x1b') });
  fc.assert(
    fc.property(fc.array(text), (chunks) => {
      const whole = chunks.join('');
      assert.equal(split(chunks, 1000).join('\n'), whole.endsWith('\n') ? whole.slice(0, -1) : whole);
    }),
  );
});

test('keeps no more of an endless line than it shows', () => {
  const splitter = lineSplitter();
  const chunk = 'x'.repeat(1024 * 1024);
  for (let i = 0; i < 50; i++) assert.deepEqual(splitter.push(chunk), []);
  const [line] = splitter.end();
  assert.match(line!, /^x{16384}… \[52412416 characters of this line were cut\]$/);
});
