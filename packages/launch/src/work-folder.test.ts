import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openWorkFolder } from './work-folder.ts';

test('a work folder goes with whatever a program has left in it, and with nothing else', async () => {
  const outside = await mkdtemp(join(tmpdir(), 'marteau-outside-'));
  try {
    await writeFile(join(outside, 'file'), 'somebody’s');
    await chmod(outside, 0o500);
    const folder = await openWorkFolder('test', process.pid);
    const at = (name: string) => join(folder.path, name);
    await symlink(outside, at('link'));
    execFileSync('mkfifo', [at('pipe')]);
    await writeFile(at('a\nname -rf'), '');
    // Deeper than a path may be long.
    const script = 'for (1 .. 50) { mkdir "d" x 200; chdir "d" x 200 or die }';
    execFileSync('perl', ['-e', script], { cwd: folder.path });
    await mkdir(at('closed/inner'), { recursive: true });
    await chmod(at('closed'), 0);
    await folder[Symbol.asyncDispose]();
    assert.equal(existsSync(folder.path), false);
    assert.ok(existsSync(join(outside, 'file')));
  } finally {
    await chmod(outside, 0o700);
    await rm(outside, { recursive: true });
  }
});
