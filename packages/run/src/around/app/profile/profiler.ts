import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readForeignFile } from '@marteau/launch';
import type { AroundContext } from '../../part.ts';
import { foldProfile } from './fold.ts';

/** Samples where an app spends its processor time while the load runs. */
export interface Profiler {
  /** What the app has to have in its environment. */
  readonly env: Readonly<Record<string, string>>;
  begin(): void;
  /** Keeps what was sampled with the run. */
  end(): Promise<void>;
  /** Ends what it has started. */
  stop(): Promise<void>;
}

/** A line a file. */
const WRITE = 'mkdir -p "$1"; for name in begin end; do read -r line && : > "$1/$name"; done';
/** Programs of the run see it where it is. */
const PRELOAD = new URL('./preload.mjs', import.meta.url).href;
const FOLDER = '.marteau-profile';
const MOST_PROFILES = 20;
const MOST_BYTES = 64 << 20;
const MOST_BYTES_IN_ALL = 4 * MOST_BYTES;
const WITHIN_MS = 15_000;
const EVERY_MS = 50;
/** The name under which it is kept. */
const KEPT = 'profile.folded';

/** Of apps that Node runs: the process that did most is the app, whatever started it. */
export function openProfiler({
  places: { wdir, tree, base = tree },
  env,
  console,
  keepText,
  launch,
  signal,
}: Pick<AroundContext, 'places' | 'env' | 'console' | 'keepText' | 'launch' | 'signal'>): Profiler {
  const folder = join(wdir, FOLDER);
  // The app may put links there: all that is written is written by one of its run's programs. It waits from the start:
  // V8 tells inlined functions from their callers only in what it compiles once the profiler is on.
  const writer = launch({
    file: '/bin/sh',
    args: ['-c', WRITE, 'sh', folder],
    cwd: '/',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    signal,
    stdin: 'pipe',
  });
  writer.stdout.resume();
  writer.stderr.resume();
  const options = [env.NODE_OPTIONS, `--import=${PRELOAD}`];
  const profiles = async () => {
    const names = await readdir(folder).catch(() => []);
    return names.filter((name) => name.endsWith('.cpuprofile'));
  };
  /** One after the other, so that no more than one is held. */
  const largest = async (names: string[]) => {
    let most: ReturnType<typeof foldProfile> = null;
    let left = MOST_BYTES_IN_ALL;
    for (const name of names.slice(0, MOST_PROFILES)) {
      const path = join(folder, name);
      const bytes = await readForeignFile(path, Math.min(MOST_BYTES, left), base).catch(() => null);
      if (bytes === null) continue;
      left -= bytes.length;
      const one = foldProfile(bytes.toString('utf8'), wdir);
      if (one !== null && one.samples > (most?.samples ?? 0)) most = one;
    }
    return most;
  };
  return {
    env: { MARTEAU_PROFILE: folder, NODE_OPTIONS: options.filter(Boolean).join(' ') },
    begin: () => void writer.stdin!.write('\n'),
    async end() {
      writer.stdin!.end('\n');
      const until = performance.now() + WITHIN_MS;
      while ((await profiles()).length === 0 && performance.now() < until) {
        signal.throwIfAborted();
        await sleep(EVERY_MS);
      }
      // Those of its children come about when the first does.
      await sleep(2 * EVERY_MS);
      const most = await largest(await profiles());
      if (most === null) {
        console.say('No profile came of the app: Node 20 or newer has to run it.');
        return;
      }
      await keepText?.(KEPT, most.folded);
      console.say(`Profiled the app: ${most.samples} samples, kept as ${KEPT}.`);
    },
    stop: async () => void (await writer.stop()),
  };
}
