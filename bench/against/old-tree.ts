import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTempFolder } from '@marteau/testkit';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** An old version in a temporary work tree, with the packages that its own lock file names. */
export async function checkOut(
  commit: string,
  signal: AbortSignal,
): Promise<AsyncDisposable & { path: string }> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await createTempFolder('marteau-old-'));
  const path = join(folder.path, 'tree');
  await run('git', ['worktree', 'add', '--detach', path, `${commit}^{commit}`], { cwd: root });
  stack.defer(async () => void (await run('git', ['worktree', 'remove', '--force', path], { cwd: root })));
  // Its own list of benchmarks: the set-up before it installs what is missing.
  await run(process.execPath, ['scripts/setup.mjs', '--', 'bench/run.ts'], { cwd: path, signal });
  const kept = stack.move();
  return { path, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
