import assert from 'node:assert/strict';
import { it } from 'node:test';
import { FloodGuard } from './flood-guard.ts';
import { FRAME } from './frame-types.ts';

it('frames that bring nothing are a flood from 2,001 in a second on, and answers bring ten of them each', () => {
  const guard = new FloodGuard();
  const many = (count: number, now: number) => {
    for (let n = 0; n < count; n += 1) guard.count(FRAME.PING, now);
  };
  many(2000, 0);
  many(2000, 1000);
  for (let n = 0; n < 100; n += 1) guard.answered();
  guard.moved();
  many(1001, 1999);
  assert.throws(() => many(1, 1999), { code: 'parse: PING flood', said: 'ENHANCE_YOUR_CALM' });
});
