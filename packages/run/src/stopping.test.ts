import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { isMarteauError } from '@marteau/shared';
import { startStopping } from './stopping.ts';

test('who does not end when told to is ended', async () => {
  using stopping = startStopping(new AbortController().signal, 1);
  let told = 0;
  const stop = stopping.firmly(() => (told += 1));
  assert.equal(stopping.signal.aborted, false);
  stop();
  await once(stopping.signal, 'abort');
  assert.equal(told, 1);
  assert.ok(isMarteauError(stopping.signal.reason, 'stop-ignored'));
});
