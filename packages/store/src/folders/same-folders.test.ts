import assert from 'node:assert/strict';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder, waitUntil } from '@marteau/testkit';
import { joinNode, openTestbed, type Testbed } from '../fixtures/testbed.ts';

const claimOf = async (bed: Testbed) => JSON.parse((await bed.raw.get('marteau:1:folders')) ?? '{}');

async function isClaimed(bed: Testbed, folder: string): Promise<void> {
  await waitUntil(`the server to say that it uses ${folder}`, async () =>
    (await claimOf(bed)).name?.includes(`the folder ${folder} of `),
  );
}

test('a worker with a data folder that is not the server’s is refused, with both names', async () => {
  await using bed = await openTestbed();
  await using other = await createTempFolder();
  const early = await bed.open({ dataFolder: other.path });
  await (await joinNode(early, 'early')).leave(); // nobody knows yet where the server is

  await bed.open({ kind: 'web' });
  await isClaimed(bed, bed.dataFolder);
  await joinNode(await bed.open(), 'own');
  const { id } = await claimOf(bed);
  assert.equal((await readFile(join(bed.dataFolder, 'id'), 'utf8')).trim(), id);

  const elsewhere = await bed.open({ dataFolder: other.path });
  await assert.rejects(joinNode(elsewhere, 'elsewhere'), {
    code: 'folders-elsewhere',
    message: new RegExp(`keeps runs in the folder ${other.path} of .*server in the folder ${bed.dataFolder}`),
  });
  // The same folder by another path, as another machine mounts it.
  await cp(join(bed.dataFolder, 'id'), join(other.path, 'id'));
  await joinNode(elsewhere, 'mounted');
});

test('a second web that keeps runs elsewhere is refused while the first is there', {
  timeout: 60_000,
}, async () => {
  await using bed = await openTestbed();
  await using other = await createTempFolder();
  await bed.open({ kind: 'web' });
  await bed.open({ kind: 'web' });
  await isClaimed(bed, bed.dataFolder);
  await assert.rejects(bed.open({ kind: 'web', dataFolder: other.path }), {
    code: 'servers-apart',
    message: /A web of this Redis is there and keeps runs in the folder .* half of them/,
  });
});

test('a server that begins on another folder takes its workers there, and one that lost its Redis says it again', async () => {
  await using bed = await openTestbed();
  await using other = await createTempFolder();
  await (await bed.open({ kind: 'web' })).close();
  await isClaimed(bed, bed.dataFolder);
  const worker = joinNode(await bed.open({ dataFolder: other.path }), 'waits');
  const web = await bed.open({ kind: 'web', dataFolder: other.path });
  await worker;
  await isClaimed(bed, other.path);
  await bed.raw.flushall();
  await web.close();
  await bed.open({ kind: 'web', dataFolder: other.path });
  await isClaimed(bed, other.path);
});

test('webs that begin together on a new folder agree', async () => {
  await using bed = await openTestbed();
  await Promise.all(Array.from({ length: 4 }, () => bed.open({ kind: 'web' })));
  await isClaimed(bed, bed.dataFolder);
  await joinNode(await bed.open(), 'n1');
});
