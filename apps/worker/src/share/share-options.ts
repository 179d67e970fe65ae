import { join } from 'node:path';
import type { ResolvedFile } from '@marteau/file';
import type { Places, ShareOptions } from '@marteau/run';
import { projectSecrets } from '@marteau/source';
import type { Lease } from '@marteau/store';
import type { Context } from '../context.ts';
import type { LeasedJob } from '../lease/leased-job.ts';
import { openCompartment } from './open-compartment.ts';

/** What a share on this node is run with, whatever it is for. */
export function shareOptions(
  { config, secrets, rung, now }: Context,
  { run, masker, work, console, phase, signal }: LeasedJob<Lease>,
  file: ResolvedFile,
  places: Places,
): Omit<ShareOptions, 'mode'> {
  const packages = {
    deps: file.deps,
    ofManifest: true,
    cache: join(config.dataFolder, 'npm-cache'),
    npmSettings: config.npm,
  };
  return {
    file,
    project: run.project,
    places,
    searchPath: config.searchPath,
    secrets: projectSecrets(secrets, run.project),
    masker,
    packages,
    openCompartment: (whose) => openCompartment(rung, config, { whose, work, places }),
    console,
    phase,
    signal,
    deadlines: config.deadlines,
    now,
  };
}
