import { posix } from 'node:path';
import type { Path } from '../check/path.ts';
import type { PartialFile } from '../schema/file.ts';
import type { Rule } from './rule.ts';

/** No path leaves the repository, whatever wdir is. */
export const insideRepository: Rule = {
  reads: ['wdir'],
  check(file, report) {
    const wdir = file.wdir ?? '.';
    if (leaves(wdir)) {
      report(['wdir'], `wdir is '${wdir}', outside of the repository`, 'name a folder of the repository');
      return;
    }
    for (const [path, written] of paths(file)) {
      if (!leaves(posix.join(wdir, written))) continue;
      const from = wdir === '.' ? '' : ` from wdir '${wdir}'`;
      report(path, `'${written}' leaves the repository${from}`, 'name a file of the repository');
    }
  },
};

function leaves(path: string): boolean {
  return /^\.\.(\/|$)/.test(posix.normalize(path));
}

/** Every path of the file that is relative to wdir, as far as it is one. */
function* paths(file: PartialFile): Generator<[Path, string]> {
  const fields: [Path, unknown][] = [
    [['script'], file.script],
    [['results', 'file'], file.results?.file],
    [['tls', 'ca'], file.tls?.ca],
    ...entries(file.data).map(([name, data]): [Path, unknown] =>
      typeof data === 'string' ? [['data', name], data] : [['data', name, 'file'], data?.file],
    ),
    ...entries(file.recordings).map(([name, tape]): [Path, unknown] => [
      ['recordings', name, 'file'],
      tape?.file,
    ]),
  ];
  for (const [path, value] of fields) if (typeof value === 'string') yield [path, value];
}

function entries<T>(map: Record<string, T> | undefined): [string, T][] {
  return typeof map === 'object' && map !== null ? Object.entries(map) : [];
}
