import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitUntil } from './wait-until.ts';

test('resolves with the first truthy value', async () => {
  const values = [0, '', undefined, 'there'];
  assert.equal(await waitUntil('a value', () => values.shift(), { everyMs: 1 }), 'there');
});

test('an error counts as not yet', async () => {
  let looks = 0;
  const value = await waitUntil(
    'the third look',
    async () => {
      looks += 1;
      if (looks < 3) throw new Error('too early');
      return looks;
    },
    { everyMs: 1 },
  );
  assert.equal(value, 3);
});

test('after the deadline it says what it waited for and what it saw last', async () => {
  await assert.rejects(
    waitUntil('the run to be finished', () => false, { deadlineMs: 5, everyMs: 1 }),
    /Waited 5 ms for the run to be finished; seen last: false/,
  );
  const cause = new Error('connection refused');
  await assert.rejects(
    waitUntil('the page', () => Promise.reject(cause), { deadlineMs: 5, everyMs: 1 }),
    (error: Error) => error.cause === cause && /connection refused/.test(error.message),
  );
});
