import type { Stats } from 'node:fs';
import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Whether an error says that a file or folder is not there. */
export function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** What is at this path itself, no link followed; null for nothing. */
export async function entryAt(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/**
 * The path of a file below `root`, when every folder on the way is a real folder and no symbolic link; null when one
 * is missing or is not.
 */
export async function safePath(root: string, parts: readonly string[]): Promise<string | null> {
  let path = root;
  for (const part of parts.slice(0, -1)) {
    path = join(path, part);
    if (!(await entryAt(path))?.isDirectory()) return null;
  }
  return join(path, parts.at(-1)!);
}

/** The same, with the folders on the way made. */
export async function safePathMade(root: string, parts: readonly string[]): Promise<string> {
  await mkdir(join(root, ...parts.slice(0, -1)), { recursive: true, mode: 0o750 });
  const path = await safePath(root, parts);
  if (!path) throw new Error(`a symbolic link stands in the way of ${parts.join('/')}`);
  return path;
}
