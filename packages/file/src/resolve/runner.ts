import { posix } from 'node:path';
import type { PartialFile } from '../schema/file.ts';
import type { Runner } from '../schema/runner.ts';
import { many } from './readers.ts';
import type { ResolvedFile } from './resolved-file.ts';

/** Endings of scripts that only one tool reads. */
const byEnding: readonly (readonly [RegExp, Runner])[] = [
  [/\.py$/, 'locust'],
  [/\.jmx$/, 'jmeter'],
  [/\.(java|scala|kt)$/, 'gatling'],
  [/\.gatling\.[cm]?[jt]s$/, 'gatling'],
  [/\.ya?ml$/, 'artillery'],
];

/**
 * Who generates the load of a file: as it says, else as its command and the name of its script tell.
 * @param found what the script itself tells, where somebody has read it
 */
export function runnerOf(file: PartialFile, found?: Runner): Runner {
  if (file.runner !== undefined) return file.runner;
  if (file.command !== undefined) return 'command';
  const { script = '' } = file;
  return byEnding.find(([ending]) => ending.test(script))?.[1] ?? found ?? 'node-test';
}

/** Whether the file leaves the load to its tool. */
export function hasOwnPlan(file: PartialFile, found?: Runner): boolean {
  const saysLoad = (['cycles', 'duration', 'load', 'find'] as const).some(
    (field) => file[field] !== undefined,
  );
  return !saysLoad && runnerOf(file, found) !== 'node-test';
}

export function readRunner(file: PartialFile, found?: Runner): ResolvedFile['runner'] {
  const { results, way, setup } = file;
  return {
    name: runnerOf(file, found),
    command: file.command ?? null,
    results:
      results === undefined
        ? null
        : {
            file: results.file === undefined ? null : posix.normalize(results.file),
            format: results.format,
          },
    way: way ?? 'reverse',
    setup: many(setup),
    isOwnPlan: hasOwnPlan(file, found),
  };
}
