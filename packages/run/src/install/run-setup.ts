import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { MarteauError } from '@marteau/shared';
import { runCommand } from '../around/commands/run-command.ts';
import type { AroundContext } from '../around/part.ts';
import type { Lock } from '../environment/facts.ts';
import { packHome, unpackHome } from './home-archive.ts';

/** What `setup` wrote into HOME, by what it depends on: packages that need not be fetched again. */
export interface SetupCache {
  /** Null where there is none. @param key hex */
  read(key: string): Promise<Readable | null>;
  /** Keeps what comes where all of it came; absent where this run may not. */
  keep?(key: string, archive: Readable, isWhole: Promise<boolean>): Promise<void>;
  /** Removes what turned out to be broken; absent where this run may not. */
  drop?(key: string): Promise<void>;
}

type SetupContext = Pick<
  AroundContext,
  'places' | 'env' | 'console' | 'phase' | 'signal' | 'deadlines' | 'launch' | 'network'
> & { readonly locks: readonly Lock[]; readonly cache?: SetupCache };

/**
 * `setup` of the file: installs what a tool's project needs. Package registries can be reached meanwhile. The commands
 * always run; what they left in HOME the last time is there again, as long as they, the lock files and the manifests
 * are the same.
 * @throws MarteauError tool-setup-failed; the signal's reason
 */
export async function runSetup(commands: readonly string[], context: SetupContext): Promise<void> {
  if (commands.length === 0) return;
  const { console, phase, network, locks, cache } = context;
  phase.say('installing what the tool needs');
  // Without one of them nothing says when something else is to be installed.
  const key = cache && locks.length > 0 ? keyOf(commands, locks) : null;
  const kept = key === null ? null : await cache!.read(key);
  if (kept !== null) {
    console.say('setup: what it installed for these lock files before is in HOME');
    if (!(await unpackHome(kept, context))) {
      console.say('setup: that was not whole, and is fetched anew');
      // The next run keeps its own: in this HOME may be half a file.
      await cache?.drop?.(key!);
    }
  }
  const since = Date.now();
  const takeBack = await network.allowRegistries();
  try {
    for (const command of commands) await runOne(command, context);
  } finally {
    await takeBack();
  }
  const keep = cache?.keep;
  if (key !== null && kept === null && keep)
    await packHome(since, context, (...packed) => keep(key, ...packed));
}

async function runOne(command: string, context: SetupContext): Promise<void> {
  const { places, env, console, signal, deadlines, launch } = context;
  console.say(`setup: ${command}`);
  const exit = await runCommand(command, {
    cwd: places.wdir,
    env,
    console,
    from: 'npm',
    launch,
    signal,
    deadlineMs: deadlines.install,
  });
  signal.throwIfAborted();
  if (exit.code !== 0) throw new MarteauError('tool-setup-failed', { command, detail: exit.sentence });
}

/** What is installed depends on: the commands, what they read, and the kind of machine. */
function keyOf(commands: readonly string[], locks: readonly Lock[]): string {
  const of = { commands, locks, platform: process.platform, arch: process.arch };
  return createHash('sha256').update(JSON.stringify(of)).digest('hex');
}
