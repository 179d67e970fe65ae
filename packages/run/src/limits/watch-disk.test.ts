import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { isMarteauError } from '@marteau/shared';
import { createTempFolder, waitUntil } from '@marteau/testkit';
import { watchDisk } from './watch-disk.ts';

const MB = 1024 * 1024;

test('what a run writes ends it once that is more than it may have, and not before', async () => {
  await using folder = await createTempFolder();
  const options = { folder: folder.path, mostBytes: 32 * MB, node: 'node-1', everyMs: 5 };
  using watch = watchDisk(options, new AbortController().signal);
  using larger = watchDisk({ ...options, mostBytes: 2000 * MB }, new AbortController().signal);
  // In steps, as another program may free at once what one write takes.
  for (let part = 0; part < 20 && !watch.signal.aborted; part++) {
    await writeFile(join(folder.path, `part-${part}`), Buffer.alloc(8 * MB, part));
    if (part > 4) await waitUntil('a look', () => watch.signal.aborted, { deadlineMs: 500 }).catch(() => {});
  }
  const { reason } = watch.signal;
  assert.ok(isMarteauError(reason), String(reason));
  assert.match(
    reason.message,
    /^The run’s programs used up more than 33.6 MB of the disk of the node node-1/,
  );
  assert.equal(larger.signal.aborted, false);
});

test('the watch ends with what it watches for', async () => {
  await using folder = await createTempFolder();
  const parent = new AbortController();
  using watch = watchDisk({ folder: folder.path, mostBytes: MB, node: 'node-1' }, parent.signal);
  const reason = new Error('over');
  parent.abort(reason);
  assert.equal(watch.signal.reason, reason);
});
