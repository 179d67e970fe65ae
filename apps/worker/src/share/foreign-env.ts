import { delimiter, dirname, join } from 'node:path';

/** Where one run's foreign programs live. All absolute. */
export interface Places {
  /** The unpacked repository. */
  tree: string;
  /** wdir in it: where commands start. */
  wdir: string;
  /** Their HOME, empty at first. */
  home: string;
  /** Their TMPDIR. */
  temp: string;
}

/**
 * What every foreign program of a run finds in its environment beside what the file declares: nothing of ours. Node is
 * the one that runs us, whatever else the machine has.
 */
export function foreignEnv(places: Places, searchPath: string): Record<string, string> {
  return {
    PATH: [join(places.wdir, 'node_modules/.bin'), dirname(process.execPath), searchPath].join(delimiter),
    HOME: places.home,
    TMPDIR: places.temp,
    LANG: 'C.UTF-8',
    CI: 'true',
    MARTEAU: '1',
  };
}
