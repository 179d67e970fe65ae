import { join } from 'node:path';
import { notContained } from '@marteau/launch';
import type { Places, ShareOptions } from '@marteau/run';
import { projectSecrets } from '@marteau/source';
import type { Lease } from '@marteau/store';
import type { Context } from '../context.ts';
import type { LeasedJob } from '../lease/leased-job.ts';
import type { RunWork } from '../run-work.ts';
import { npmCache } from './npm-cache.ts';
import { openCompartment } from './open-compartment.ts';
import { setupCache } from './setup-cache.ts';

/** What a job on this node may have of the disk. */
export function diskOf({ config, node }: Context, { work }: LeasedJob<Lease>) {
  return { folder: work, mostBytes: config.limits.diskBytes, node: node.node };
}

/** What a share on this node is run with, whatever it is for. */
export function shareOptions(
  { config, rung, node, now }: Context,
  { run, secrets, masker, work, console, phase, signal }: LeasedJob<Lease>,
  {
    file,
    secrets: isGiven = false,
    uncontained = false,
    keepsSetup = false,
  }: Pick<RunWork, 'file' | 'secrets' | 'uncontained' | 'keepsSetup'>,
  places: Places,
): Omit<ShareOptions, 'mode'> {
  const isTrusted = uncontained && config.uncontained.includes(run.project); // by this node, too
  const packages = {
    deps: file.deps,
    ofManifest: true,
    cache: npmCache(config, rung, { project: run.project, isTrusted: isGiven }),
    npmSettings: config.npm,
  };
  // A program that is not held could write into the folder itself.
  const isHeld = !isTrusted && rung.containment !== 'not contained';
  const cache = { project: run.project, isTrusted: isGiven, mayKeep: keepsSetup };
  return {
    ...(isHeld && { setupCache: setupCache(join(config.dataFolder, 'setup-cache'), cache) }),
    file,
    project: run.project,
    places,
    searchPath: config.searchPath,
    secrets: isGiven ? projectSecrets(secrets, run.project) : {},
    masker,
    packages,
    network: config.network,
    openCompartment: (whose) =>
      openCompartment(isTrusted ? notContained : rung, config, {
        whose,
        work,
        places,
        owner: node.node,
        cache: packages.cache,
      }),
    console,
    phase,
    signal,
    deadlines: config.deadlines,
    allowed: config.network.allowed,
    now,
  };
}
