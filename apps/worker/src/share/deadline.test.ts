import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { isMarteauError } from '@marteau/shared';
import { startDeadline } from './deadline.ts';

test('aborts with what the run was at when its time was over', async () => {
  using deadline = startDeadline(10, new AbortController().signal, () => 'loading the script');
  await once(deadline.signal, 'abort');
  assert.ok(isMarteauError(deadline.signal.reason, 'run-deadline'));
  assert.match(deadline.signal.reason.message, /while loading the script/);
});

test("aborts with the parent's reason", () => {
  const parent = new AbortController();
  using deadline = startDeadline(60_000, parent.signal, () => '');
  parent.abort(new Error('cancelled'));
  assert.equal(deadline.signal.reason.message, 'cancelled');
});

test('takes a time longer than a timer can', () => {
  using deadline = startDeadline(1e12, new AbortController().signal, () => '');
  assert.equal(deadline.signal.aborted, false);
});
