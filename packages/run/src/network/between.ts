import { destinationsOf } from '@marteau/consent';
import type { ResolvedFile } from '@marteau/file';
import type { Compartment, EgressLimit } from '@marteau/launch';
import { foreignLauncher, type LaunchForeign } from '../launch-foreign.ts';
import { HeldNetwork, type NetworkRules } from './held-network.ts';

/** Where a program of ours lives that stands between what generates the load and what is loaded. */
export interface Between extends AsyncDisposable {
  readonly launch: LaunchForeign;
  /** From now on the run's own programs reach what is loaded through this door alone. @param door `host:port` */
  close(door: string): Promise<void>;
}

interface BetweenOptions {
  readonly file: ResolvedFile;
  /** Of the run's own programs. */
  readonly network: HeldNetwork;
  readonly open: () => Promise<Compartment>;
  readonly rules: NetworkRules;
  readonly limits: Readonly<Record<string, EgressLimit>> | undefined;
}

/**
 * Whether what is loaded can be closed to the run's own programs: none of them is it, and none stands before it.
 */
export function canStandBetween({ app, proxies, fixtures, recordings }: ResolvedFile): boolean {
  return app === null && [proxies, fixtures, recordings].every((all) => Object.keys(all).length === 0);
}

/** @throws MarteauError target-denied */
export async function openBetween({ file, network, open, rules, limits }: BetweenOptions): Promise<Between> {
  await using stack = new AsyncDisposableStack();
  const compartment = stack.use(await open());
  const own = stack.use(new HeldNetwork(compartment, rules));
  await own.allowOfFile(destinationsOf(file), limits);
  const isForward = file.runner.way === 'forward';
  const loaded = destinationsOf(isForward ? file : { ...file, network: [] });
  const kept = stack.move();
  return {
    launch: foreignLauncher(compartment.launch),
    async close(door) {
      kept.defer(await network.allow([door]));
      kept.defer(await network.close(loaded));
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
