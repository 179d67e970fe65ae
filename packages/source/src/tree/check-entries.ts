import { formatBytes, MarteauError } from '@marteau/shared';
import type { TreeLimits } from './pack.ts';
import { leavesTree } from './walk.ts';

/** What of an archive's entry decides whether it may be written. */
export interface ArchiveEntry {
  readonly path: string;
  /** As tar names it: File, Directory, SymbolicLink, Link, CharacterDevice, … */
  readonly type: string;
  readonly size: number;
  readonly mode?: number | undefined;
  readonly linkpath?: string | undefined;
}

const DEEPEST = 100;
const SPECIAL_BITS = 0o7000;

/** A check for the entries of one archive, in their order: gives the error for the first that may not be written. */
export function checkEntries({
  maxBytes,
  maxEntries,
}: TreeLimits): (entry: ArchiveEntry) => MarteauError | undefined {
  const seen = new Map<string, string>();
  let bytes = 0;
  return (entry) => {
    const path = entry.path.replace(/^\.\//, '').replace(/\/$/, '');
    if (path === '' && entry.type === 'Directory') return undefined; // the root itself
    const detail = whyNot(path, entry, seen);
    if (detail) return new MarteauError('tree-refused', { path: printable(entry.path), detail });
    seen.set(path, entry.type);
    bytes += entry.size;
    if (seen.size > maxEntries) return new MarteauError('tree-too-many-files', { limit: maxEntries });
    if (bytes > maxBytes) return new MarteauError('tree-too-large', { limit: formatBytes(maxBytes) });
    return undefined;
  };
}

function whyNot(path: string, entry: ArchiveEntry, seen: ReadonlyMap<string, string>): string | null {
  const parts = path.split('/');
  if (entry.path.startsWith('/') || parts.includes('..')) return 'which lies outside of the project';
  if (/[\x00]/.test(path) || parts.some((part) => part === '' || part === '.'))
    return 'which is no proper name';
  if (parts.length > DEEPEST) return `which lies more than ${DEEPEST} folders deep`;
  if (seen.has(path)) return 'twice';
  if (folders(parts).some((folder) => (seen.get(folder) ?? 'Directory') !== 'Directory'))
    return 'inside of a file or link';
  if (((entry.mode ?? 0) & SPECIAL_BITS) !== 0) return 'with special permissions';
  switch (entry.type) {
    case 'File':
    case 'Directory':
      return null;
    case 'SymbolicLink':
      return leavesTree(path, entry.linkpath ?? '') ? 'a symbolic link out of the project' : null;
    default:
      return `which is neither a file nor a folder (${entry.type})`;
  }
}

/** `a/b/c` lies in `a` and `a/b`. */
function folders(parts: readonly string[]): string[] {
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

function printable(path: string): string {
  return path.replace(/[\x00-\x1f\x7f-\x9f]/g, '\u{fffd}').slice(0, 200);
}
