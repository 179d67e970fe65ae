import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder } from './temp-folder.ts';

test('a temporary folder is there, is alone, and is gone with what was in it', async () => {
  let path: string;
  {
    await using folder = await createTempFolder();
    await using other = await createTempFolder();
    assert.notEqual(folder.path, other.path);
    path = folder.path;
    await writeFile(join(path, 'file'), 'content');
    assert.ok(existsSync(path));
  }
  assert.ok(!existsSync(path));
});
