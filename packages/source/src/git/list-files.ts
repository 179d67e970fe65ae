import type { SimpleGit } from 'simple-git';

/** One file of a commit. */
export interface ListedFile {
  /** As git writes it: 100644, 100755, 120000 (symbolic link), 160000 (submodule). */
  readonly mode: string;
  readonly sha: string;
  /** Bytes; 0 for a submodule, and where sizes were not asked for. */
  readonly size: number;
  readonly path: string;
}

/** All files of a commit, folders left out. Sizes need the contents to be there. */
export async function listFiles(git: SimpleGit, commit: string, sizes: boolean): Promise<ListedFile[]> {
  const output = await git.raw(['ls-tree', '-r', '-z', '--full-tree', ...(sizes ? ['--long'] : []), commit]);
  return read(output);
}

/** What is at this path: a file, a folder (mode 040000) or nothing. */
export async function findPath(
  git: SimpleGit,
  commit: string,
  path: string,
): Promise<ListedFile | undefined> {
  return read(await git.raw(['ls-tree', '-z', '--full-tree', commit, '--', path]))[0];
}

function read(output: string): ListedFile[] {
  return output
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const tab = line.indexOf('\t');
      const [mode = '', , sha = '', size = '0'] = line.slice(0, tab).split(/ +/);
      return { mode, sha, size: Number(size) || 0, path: line.slice(tab + 1) };
    });
}
