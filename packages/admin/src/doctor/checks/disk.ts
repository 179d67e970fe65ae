import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { formatBytes, formatPercent } from '@marteau/shared';
import { type Check, type Finding, odd, ok, wrong } from '../check.ts';

const LEAST_BYTES = 1e9;
const LOW = 0.1;
const LEAST_FILES = 0.05;

export const disk: Check = {
  name: 'Disk',
  async look({ settings }) {
    const places = [
      [
        'the data folder',
        settings.dataFolder,
        'Delete old runs, set MARTEAU_KEEP_DAYS or MARTEAU_KEEP_GB, or give it more room.',
      ],
      [
        'TMPDIR',
        tmpdir(),
        'Runs are unpacked there: give it more room, or set TMPDIR to where there is some.',
      ],
    ] as const;
    return Promise.all(places.map(([what, path, advice]) => lookAt(what, path, advice)));
  },
};

async function lookAt(what: string, path: string, advice: string): Promise<Finding> {
  const found = await statfs(path).catch(() => null);
  if (found === null) return wrong(`The disk of ${what} (${path}) cannot be looked at: it is not there.`);
  const { bavail, blocks, bsize, ffree, files } = found;
  const free = `${formatBytes(bavail * bsize)} (${formatPercent(bavail / blocks)})`;
  if (bavail * bsize < LEAST_BYTES) return wrong(`The disk of ${what} (${path}) has ${free} free. ${advice}`);
  if (files > 0 && ffree / files < LEAST_FILES)
    return wrong(`The disk of ${what} (${path}) has room for ${ffree} files only. ${advice}`);
  if (bavail / blocks < LOW) return odd(`The disk of ${what} (${path}) has ${free} free. ${advice}`);
  return ok(`The disk of ${what} (${path}) has ${free} free.`);
}
