import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from '@marteau/launch';
import { MarteauError } from '@marteau/shared';

/** An image is built with it, because it has not what packing needs. */
const PACKED = new URL('../../../../marteau.tgz', import.meta.url);
const PROGRAM = fileURLToPath(new URL('../../../../scripts/pack/pack.ts', import.meta.url));
const WITHIN_MS = 120_000;

/**
 * The command line as an npm package, of the very version of this server.
 * @throws MarteauError command-not-packed; the signal's reason when it aborts
 */
export async function packCommand(signal: AbortSignal): Promise<Buffer> {
  const packed = await readFile(PACKED).catch(() => null);
  if (packed) return packed;
  await using folder = await mkdtempDisposable(join(tmpdir(), 'marteau-command-'));
  const file = join(folder.path, 'marteau.tgz');
  const program = launch({
    file: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', PROGRAM, file],
    cwd: '/',
    env: { TMPDIR: folder.path },
    signal,
    deadlineMs: WITHIN_MS,
  });
  program.stdout.resume();
  const said = program.stderr.setEncoding('utf8').toArray();
  const { code, sentence } = await program.exited;
  signal.throwIfAborted();
  if (code === 0) return readFile(file);
  const last = (await said).join('').trim().split('\n').at(-1);
  throw new MarteauError('command-not-packed', { detail: last || sentence });
}
