import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';

const module = new URL('./newer-node.ts', import.meta.url).href;

/** A program that is on too old a Node, where `npm` is a script of this text. */
async function runAgain(npm: string) {
  await using folder = await createTempFolder();
  const bin = join(folder.path, 'bin');
  await mkdir(bin);
  const program = async (name: string, text: string) => {
    await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return join(bin, name);
  };
  await program('npm', npm.replace('NEWER', await program('newer', 'echo "as $2 $3" && exit 7')));
  await writeFile(
    join(folder.path, 'main.mjs'),
    `import { runWithNewerNode } from ${JSON.stringify(module)};
     const ended = await runWithNewerNode(99, (text) => process.stderr.write(text));
     console.log(JSON.stringify(ended));`,
  );
  const env = { ...process.env, PATH: [bin, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter) };
  const { stdout, stderr } = spawnSync(process.execPath, [join(folder.path, 'main.mjs'), 'run', '--once'], {
    encoding: 'utf8',
    env,
  });
  return { out: stdout.trim().split('\n'), stderr };
}

test('on too old a Node the command runs again on the one that npm brings, and ends as it does', async () => {
  const { out, stderr } = await runAgain('echo NEWER');
  assert.deepEqual(out, ['as run --once', '7']);
  assert.match(stderr, /^Marteau needs Node 99, and this is Node [\d.]+: npm brings one along\.\n$/);
});

test('what keeps npm from that is told', async () => {
  assert.deepEqual((await runAgain('echo no network >&2; exit 1')).out, ['"no network"']);
});
