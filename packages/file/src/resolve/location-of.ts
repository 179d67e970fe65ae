import type { ResolvedFile } from './resolved-file.ts';

/** In which of its file's locations a share is generated; null where the file names none. */
export function locationOf(
  { locations = [] }: ResolvedFile['nodes'],
  share: number,
): NonNullable<ResolvedFile['nodes']['locations']>[number] | null {
  let first = 0;
  for (const location of locations) {
    first += location.count;
    if (share < first) return location;
  }
  return null;
}
