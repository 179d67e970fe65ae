import type { ResolvedFile } from '@marteau/file';
import { failureInWords, type Measurements } from '@marteau/measure';
import { MarteauError } from '@marteau/shared';

/** The file of a preflight: all that the script needs, and nothing that breaks anything or is done once in a run. */
export function preflightFile(file: ResolvedFile): ResolvedFile {
  const own = Object.entries(file.proxies).filter(([, { control }]) => control === null);
  return {
    ...file,
    nodes: { ...file.nodes, count: 1 },
    before: [],
    after: [],
    proxies: Object.fromEntries(own),
    chaos: null,
    fixtures: {},
    monitors: {},
    version: null,
  };
}

/** @throws MarteauError preflight-failed when no iteration came to a good end */
export function requireIteration({ labels, failures }: Measurements): void {
  const tests = labels.filter(({ kind }) => kind === 'test').flatMap(({ steps }) => steps);
  if (tests.some(({ count, errors }) => count > errors)) return;
  const first = failures.find(({ kind }) => kind !== 'error') ?? failures[0];
  const what = first ? failureInWords(first) : 'no iteration came to its end within a minute';
  throw new MarteauError('preflight-failed', { what });
}
