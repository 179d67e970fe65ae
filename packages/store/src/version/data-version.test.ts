import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { openTestbed } from '../fixtures/testbed.ts';

const later = (readableFrom: number) => JSON.stringify({ version: 7, readableFrom, marteau: '0.9.0' });

test('a step back is refused with what to do, by the folder and by Redis; one version back it works', async () => {
  await using bed = await openTestbed();
  const file = join(bed.dataFolder, 'version.json');
  const says = {
    code: 'stepped-back',
    message:
      /^Marteau 0\.9\.0 has written .* and this one, \d+\.\d+\.\d+, .*npm run admin -- restore PLACE --at/,
  };
  await mkdir(bed.dataFolder, { recursive: true });
  await writeFile(file, later(2));
  await assert.rejects(bed.open({ kind: 'web' }), says);
  await writeFile(file, 'damaged');
  await bed.raw.set('marteau:1:version', later(2));
  await assert.rejects(bed.open(), says);

  await bed.raw.set('marteau:1:version', later(1));
  const store = await bed.open({ kind: 'web' });
  await waitUntil('the file to be written', async () => /"version":1/.test(await readFile(file, 'utf8')));
  assert.equal(await bed.raw.get('marteau:1:version'), later(1), 'what is later stays said');
  await store.ping();
});
