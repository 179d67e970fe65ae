import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MarteauError } from '@marteau/shared';
import type { Output, PhaseOutput } from '../console/output.ts';
import type { Places } from '../environment/foreign-env.ts';
import type { LaunchForeign } from '../launch-foreign.ts';
import { leaveMarteauOut } from './leave-marteau-out.ts';
import { npmFailure } from './npm-failure.ts';
import { npmTools } from './npm-tools.ts';
import { reduceNpmrc } from './own-npmrc.ts';

const KEPT = 64 * 1024;
const MOST_OUTPUT_BYTES = 50 * 1024 * 1024;

/** What is installed for a test, and from where. */
export interface Packages {
  /** `deps` of the file. */
  readonly deps: readonly string[];
  /** Whether package.json of wdir is installed, too: not in a folder that is somebody's own. */
  readonly ofManifest: boolean;
  /** npm's cache: no code of a project that is not trusted with it may write there. */
  readonly cache: string;
  /** npm's own settings of this node: registry, proxy and the like. */
  readonly npmSettings: Readonly<Record<string, string>>;
}

interface InstallOptions extends Packages {
  places: Places;
  env: Readonly<Record<string, string>>;
  console: Output;
  phase: PhaseOutput;
  /** Asked for only where there is something to install. */
  launcher(): Promise<LaunchForeign>;
  signal: AbortSignal;
  deadlineMs: number;
}

/**
 * Installs what the test needs: package.json of wdir first (`npm ci` where there is a lock file), then `deps`. No
 * script of a package is run, and `marteau` is not installed.
 * @throws MarteauError npm-*, install-deadline; the signal's reason when it aborts
 */
export async function install(options: InstallOptions): Promise<void> {
  const { deps, ofManifest, places, console, phase, signal, deadlineMs } = options;
  const deadline = performance.now() + deadlineMs;
  const commands: string[][] = [];
  // Those at the root as well: the app's `setup` may install them.
  const folders = ofManifest ? [...new Set([places.wdir, places.tree])] : [];
  if ((await Promise.all(folders.map(leaveMarteauOut))).includes(true))
    console.say('marteau is left out of package.json: under load it is there without being installed');
  const manifest = ofManifest ? await manifestOf(places.wdir) : 'none';
  if (manifest === 'locked') commands.push(['ci']);
  if (manifest === 'loose') commands.push(['install', '--no-package-lock']);
  // After the double dash nothing is an option.
  if (deps.length > 0) commands.push(['install', '--no-save', '--no-package-lock', '--', ...deps]);
  if (commands.length === 0) return;
  // A folder that is somebody's own has no stranger's settings, and a file of theirs is not to be touched.
  await using _ = ofManifest ? await reduceNpmrc(places.wdir) : null;
  const launch = await options.launcher();
  for (const command of commands) {
    phase.say('installing packages');
    await npm(command, options, launch, deadline - performance.now());
    signal.throwIfAborted();
  }
}

/** What stands in wdir: a lock file, a package.json that needs packages, or nothing that does. */
async function manifestOf(wdir: string): Promise<'locked' | 'loose' | 'none'> {
  const text = await readFile(join(wdir, 'package.json'), 'utf8').catch(() => null);
  if (text === null) return 'none';
  for (const lock of ['package-lock.json', 'npm-shrinkwrap.json']) {
    if (await readFile(join(wdir, lock)).catch(() => null)) return 'locked';
  }
  try {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(text) as Record<
      string,
      object
    >;
    const needed = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
    return needed.length > 0 ? 'loose' : 'none';
  } catch {
    return 'loose'; // npm says what is wrong with it
  }
}

async function npm(
  command: readonly string[],
  options: InstallOptions,
  launch: LaunchForeign,
  deadlineMs: number,
): Promise<void> {
  const { places, env, cache, npmSettings, console, signal } = options;
  const [verb, ...rest] = command;
  const tools = npmTools(places.tree, env.PATH ?? '');
  const quiet = [
    '--ignore-scripts',
    `--git=${tools.git}`,
    '--no-audit',
    '--no-fund',
    '--no-progress',
    '--no-update-notifier',
  ];
  const program = launch({
    file: tools.npm,
    // Without a prefix npm looks for a package.json in the folders above, and installs there.
    args: [verb!, ...quiet, '--loglevel=warn', `--cache=${cache}`, `--prefix=${places.wdir}`, ...rest],
    cwd: places.wdir,
    env: { ...env, ...npmSettings, PATH: tools.path },
    signal,
    deadlineMs: Math.max(1, deadlineMs),
    maxOutputBytes: MOST_OUTPUT_BYTES,
  });
  console.say(`npm ${command.filter((word) => word !== '--').join(' ')}`);
  let end = '';
  program.stderr.on('data', (chunk: Buffer) => {
    end = (end + chunk.toString()).slice(-KEPT);
  });
  const output = console.read('npm', program.stdout, program.stderr);
  const exit = await program.exited;
  await output;
  signal.throwIfAborted();
  if (exit.cause === 'could-not-start') throw new MarteauError('npm-missing', {});
  if (exit.cause === 'deadline')
    throw new MarteauError('install-deadline', { seconds: Math.round(options.deadlineMs / 1000) });
  if (exit.code !== 0) throw npmFailure(end, exit.sentence);
}
