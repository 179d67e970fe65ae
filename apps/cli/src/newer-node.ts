// Runs on any Node: nothing newer may be imported here.
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';

const KEPT = 400;

/**
 * Runs this command again with the Node that npm brings (it keeps it in its cache), as if it had been this one.
 * @param major of the Node that is wanted
 * @param say for a sentence on what takes its time
 * @returns its exit code; or, as a sentence's end, why npm could not
 */
export async function runWithNewerNode(major: number, say: (text: string) => void): Promise<number | string> {
  say(`Marteau needs Node ${major}, and this is Node ${process.versions.node}: npm brings one along.\n`);
  const brought = spawnSync(
    'npm',
    ['exec', '--yes', `--package=node@${major}`, '--', 'node', '--print', 'process.execPath'],
    { encoding: 'utf8' },
  );
  const node = brought.stdout?.trim().split('\n').at(-1);
  if (brought.status !== 0 || !node || node === process.execPath) return reasonOf(brought);
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  process.on('SIGINT', () => {}); // a terminal asks both
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on('error', ({ message }) => resolve(message));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

function reasonOf({ error, stderr = '' }: SpawnSyncReturns<string>): string {
  return error?.message ?? (stderr.trim().slice(-KEPT) || 'npm brought none that works here');
}
