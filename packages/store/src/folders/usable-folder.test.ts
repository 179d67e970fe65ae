import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { usableFolder } from './usable-folder.ts';

test('a data folder that cannot be one is refused with a sentence that says why', async () => {
  await using temp = await createTempFolder();
  const file = join(temp.path, 'file');
  await writeFile(file, '');
  for (const [folder, why] of [
    [file, /there is a file of that name/],
    [join(file, 'inner'), /a part of its path is a file/],
    ['/proc/marteau', /this user may not write there|no folder can be made there/],
    [join(temp.path, 'x'.repeat(300)), /its name is too long/],
  ] as const)
    await assert.rejects(usableFolder(folder), (error: Error & { code: string }) => {
      assert.equal(error.code, 'data-folder-unusable');
      assert.match(error.message, why);
      assert.match(error.message, /^The data folder \/.* cannot be used: .*MARTEAU_DATA/);
      return true;
    });
  await usableFolder(join(temp.path, 'new/inner'));
});
