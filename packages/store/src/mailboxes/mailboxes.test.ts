import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTestbed } from '../fixtures/testbed.ts';

test('what a mailbox has said is found as an earlier version wrote it, in its file and in Redis, and said anew', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  const said = { address: 'Eve@elsewhere.org', state: 'stopped', at: 1_763_690_000_000 } as const;
  await store.mailboxes.set(said);
  const [name = ''] = await readdir(join(bed.dataFolder, 'mailboxes'));
  assert.match(name, /^[0-9a-f]{32}\.json$/);
  const earlier = JSON.stringify({ v: 1, ...said });
  for (const inRedis of [true, false]) {
    await writeFile(join(bed.dataFolder, 'mailboxes', name), earlier);
    await bed.raw.del('marteau:1:mailboxes');
    if (inRedis) await bed.raw.hset('marteau:1:mailboxes', name.replace('.json', ''), earlier);
    assert.equal((await store.mailboxes.get('eve@elsewhere.org'))?.state, 'stopped');
    await store.mailboxes.set({ ...said, state: 'confirmed' });
    assert.equal((await store.mailboxes.get('EVE@elsewhere.org'))?.state, 'confirmed');
  }
});
