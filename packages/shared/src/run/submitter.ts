import type { Run } from './run.ts';

/**
 * Who asked for a run, in a few letters, and never an address: the name that they gave, else what the server knows of
 * them. Pages, lists and reports all say this. Empty for what asked by itself, which `trigger` names. Who is told about a run (`email`) is another thing.
 */
export function submitterName({ submitter: { kind, id }, by }: Pick<Run, 'submitter' | 'by'>): string {
  if (by) return by;
  switch (kind) {
    case 'email':
      return id.split('@')[0] ?? '';
    case 'session':
    case 'anonymous':
      return 'visitor';
    case 'person':
      return 'somebody'; // of a run that was submitted before names of people went along
    case 'hook':
      return '';
    default:
      return id;
  }
}
