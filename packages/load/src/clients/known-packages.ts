import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** A package of others whose calls are measured by what it does itself, because Node does not see all of it. */
export interface KnownPackage {
  /** The file of it, as the end of its URL, that has what is to be watched. */
  readonly file: string;
  /**
   * Takes hold of what the file exports, before anybody else has it.
   * @returns false where that is not there yet: the file is being loaded, and is asked for again
   */
  watch(exports: unknown): boolean;
}

/** @returns what is to be told of every file that is resolved, as a URL */
export function watchPackages(packages: readonly KnownPackage[]): (url: string) => void {
  const done = new Set<string>();
  const busy = new Set<string>();
  return (url) => {
    const found = packages.find(({ file }) => url.endsWith(file));
    if (!found || done.has(url) || busy.has(url)) return;
    busy.add(url);
    try {
      if (found.watch(createRequire(url)(fileURLToPath(url)))) done.add(url);
    } catch {
      // Whoever asked for it loads it next, and is told what is wrong with it.
    } finally {
      busy.delete(url);
    }
  };
}
