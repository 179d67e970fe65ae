import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import type { Proof } from '@marteau/forge';
import { createInflow } from './receive.ts';

const right: Proof = { update() {}, holds: () => true };

test('bodies of all calls have so much room together; who finds none is told to come again', async () => {
  const inflow = createInflow(1000);
  const slow = new PassThrough();
  const first = inflow.read(slow, right, null);
  slow.write(Buffer.alloc(700));
  await new Promise(setImmediate);
  // What it says is too much already; what it does not say, once it comes.
  await assert.rejects(inflow.read(Readable.from([]), right, 400), { code: 'hooks-busy' });
  await assert.rejects(inflow.read(Readable.from([Buffer.alloc(400)]), right, null), { code: 'hooks-busy' });
  assert.equal((await inflow.read(Readable.from([Buffer.alloc(200)]), right, 200)).length, 200);
  slow.end();
  assert.equal((await first).length, 700);
  assert.equal((await inflow.read(Readable.from([Buffer.alloc(900)]), right, null)).length, 900);
  const wrong: Proof = { update() {}, holds: () => false };
  await assert.rejects(inflow.read(Readable.from(['x']), wrong, 900), { code: 'unsigned-hook' });
  assert.equal((await inflow.read(Readable.from([Buffer.alloc(1000)]), right, 1000)).length, 1000);
});
