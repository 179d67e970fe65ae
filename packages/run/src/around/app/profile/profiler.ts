import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readForeignFile } from '@marteau/launch';
import { makeFolderInside, writeInside } from '../../../inside.ts';
import type { AroundContext } from '../../part.ts';
import { foldProfile } from './fold.ts';

/** Samples where an app spends its processor time while the load runs. */
export interface Profiler {
  /** What the app has to have in its environment. */
  readonly env: Readonly<Record<string, string>>;
  begin(): Promise<void>;
  /** Keeps what was sampled with the run. */
  end(): Promise<void>;
}

/** Programs of the run see it where it is. */
const PRELOAD = new URL('./preload.mjs', import.meta.url).href;
const FOLDER = '.marteau-profile';
const MOST_BYTES = 64 << 20;
const WITHIN_MS = 15_000;
const EVERY_MS = 50;
/** The name under which it is kept. */
const KEPT = 'profile.folded';

/** Of apps that Node runs: the process that did most is the app, whatever started it. */
export async function openProfiler({
  places: { wdir, tree, base = tree },
  env,
  console,
  keepText,
  launch,
  signal,
}: Pick<AroundContext, 'places' | 'env' | 'console' | 'keepText' | 'launch' | 'signal'>): Promise<Profiler> {
  const folder = join(wdir, FOLDER);
  // The app may put links there: all that is written is written as one of its run's programs.
  const running = { launch, signal };
  await makeFolderInside(folder, running);
  const options = [env.NODE_OPTIONS, `--import=${PRELOAD}`];
  const profiles = async () => {
    const names = await readdir(folder).catch(() => []);
    return names.filter((name) => name.endsWith('.cpuprofile'));
  };
  return {
    env: { MARTEAU_PROFILE: folder, NODE_OPTIONS: options.filter(Boolean).join(' ') },
    begin: () => writeInside(join(folder, 'begin'), '', running),
    async end() {
      await writeInside(join(folder, 'end'), '', running);
      const until = performance.now() + WITHIN_MS;
      while ((await profiles()).length === 0 && performance.now() < until) {
        signal.throwIfAborted();
        await sleep(EVERY_MS);
      }
      // Those of its children come about when the first does.
      await sleep(2 * EVERY_MS);
      const read = (await profiles()).slice(0, 20).map(async (name) => {
        const bytes = await readForeignFile(join(folder, name), MOST_BYTES, base).catch(() => null);
        return bytes === null ? null : foldProfile(bytes.toString('utf8'), wdir);
      });
      const [most] = (await Promise.all(read))
        .filter((one) => one !== null)
        .toSorted((a, b) => b.samples - a.samples);
      if (most === undefined || most.samples === 0) {
        console.say('No profile came of the app: Node 20 or newer has to run it.');
        return;
      }
      await keepText?.(KEPT, most.folded);
      console.say(`Profiled the app: ${most.samples} samples, kept as ${KEPT}.`);
    },
  };
}
