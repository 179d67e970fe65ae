import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWrongTries } from './access-token.ts';

const tooMany = { code: 'too-many-tries' };

test('each address has thirty wrong tries a minute of its own', () => {
  let now = 0;
  const tries = createWrongTries(() => now);
  for (let i = 0; i < 30; i += 1) tries.count('192.0.2.1');
  assert.throws(() => tries.count('192.0.2.1'), tooMany);
  tries.count('192.0.2.2');
  now = 59_999;
  assert.throws(() => tries.count('192.0.2.1'), tooMany);
  now = 60_000;
  tries.count('192.0.2.1');
});

test('guesses from everywhere share one count once there are too many addresses to remember', () => {
  const tries = createWrongTries(() => 0);
  tries.count('192.0.2.1');
  for (let i = 0; i < 9_999 + 30; i += 1) tries.count(`2001:db8::${i.toString(16)}`);
  assert.throws(() => tries.count('2001:db8:1::'), tooMany);
  tries.count('192.0.2.1');
});
