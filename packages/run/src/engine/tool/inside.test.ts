import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { launch } from '@marteau/launch';
import { createTempFolder } from '@marteau/testkit';
import { writeInside } from './inside.ts';

test('what is written inside is there, and a pipe that nobody reads keeps it no longer than its deadline', async () => {
  await using folder = await createTempFolder();
  const running = { launch, signal: new AbortController().signal };
  await writeInside(join(folder.path, 'file'), 'written', running);
  assert.equal(await readFile(join(folder.path, 'file'), 'utf8'), 'written');
  execFileSync('mkfifo', [join(folder.path, 'pipe')]);
  await writeInside(join(folder.path, 'pipe'), 'lost', { ...running, deadlineMs: 100 });
});
