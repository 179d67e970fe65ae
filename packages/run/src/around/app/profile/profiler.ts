import { chmod, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readForeignFile } from '@marteau/launch';
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

const PRELOAD = fileURLToPath(new URL('./preload.mjs', import.meta.url));
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
}: Pick<AroundContext, 'places' | 'env' | 'console' | 'keepText'>): Promise<Profiler> {
  const folder = join(wdir, FOLDER);
  await mkdir(folder, { recursive: true });
  // The app may have another account.
  await chmod(folder, 0o777);
  await copyFile(PRELOAD, join(folder, 'preload.mjs'));
  const options = [env.NODE_OPTIONS, `--import=${pathToFileURL(join(folder, 'preload.mjs')).href}`];
  const profiles = async () => (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile'));
  return {
    env: { MARTEAU_PROFILE: folder, NODE_OPTIONS: options.filter(Boolean).join(' ') },
    begin: () => writeFile(join(folder, 'begin'), ''),
    async end() {
      await writeFile(join(folder, 'end'), '');
      const until = performance.now() + WITHIN_MS;
      while ((await profiles()).length === 0 && performance.now() < until) await sleep(EVERY_MS);
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
