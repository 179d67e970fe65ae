import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AroundContext } from '../around/part.ts';

/** Not the project's: it may have programs of that name. */
const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin';

type Context = Pick<AroundContext, 'places' | 'signal' | 'deadlines' | 'launch'>;

/**
 * Unpacks into HOME what an earlier run had there, as the run's own programs would: nothing outside can be reached by it.
 * @returns whether all of it is there
 */
export async function unpackHome(archive: Readable, context: Context): Promise<boolean> {
  const tar = startTar(['-x'], context);
  tar.stdout.resume();
  tar.stderr.resume();
  await pipeline(archive, tar.stdin!).catch(() => {}); // told by its end
  const { code } = await tar.exited;
  context.signal.throwIfAborted();
  return code === 0;
}

/**
 * Packs what HOME got since a moment: what `before` and the app wrote there is this run's alone. `take` gets it as it
 * comes, and whether all of it came.
 * @param since ms since 1970
 */
export async function packHome(
  since: number,
  context: Context,
  take: (archive: Readable, isWhole: Promise<boolean>) => Promise<void>,
): Promise<void> {
  const tar = startTar(['-c', `--newer=@${(since / 1000).toFixed(3)}`, '.'], context);
  tar.stderr.resume();
  await take(
    tar.stdout,
    tar.exited.then(({ code }) => code === 0),
  );
  await tar.stop();
  context.signal.throwIfAborted();
}

function startTar([verb, ...what]: [string, ...string[]], context: Context) {
  const { places, signal, deadlines, launch } = context;
  return launch({
    file: 'tar',
    args: [verb, '-f', '-', '-C', places.home, ...what],
    cwd: places.home,
    env: { PATH: SYSTEM_PATH },
    signal,
    deadlineMs: deadlines.install,
    stdin: 'pipe',
  });
}
