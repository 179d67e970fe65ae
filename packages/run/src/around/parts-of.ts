import type { ResolvedFile } from '@marteau/file';
import { appPart } from './app/app-part.ts';
import { chaosPart, hasChaos } from './chaos/chaos-part.ts';
import { afterPart, beforePart } from './commands/command-parts.ts';
import type { AroundPart } from './part.ts';
import { recordingsPart } from './recordings/recordings-part.ts';

/**
 * What the file wants around its run, in the order of starting. `after` comes first so that it runs last, whatever
 * failed; the app comes last so that it finds the addresses of all others in its environment.
 * @param isProfiled where the app spends its time is sampled
 */
export function partsOf(file: ResolvedFile, isProfiled = false): AroundPart[] {
  const { before, after, app } = file;
  return [
    ...(after.length > 0 ? [afterPart(after)] : []),
    ...(before.length > 0 ? [beforePart(before)] : []),
    ...(Object.keys(file.recordings).length > 0 ? [recordingsPart(file)] : []),
    ...(hasChaos(file) ? [chaosPart(file)] : []),
    ...(app ? [appPart(file, app, isProfiled)] : []),
  ];
}
