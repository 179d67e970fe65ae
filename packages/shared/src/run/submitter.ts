import type { Run } from './run.ts';

/**
 * Who asked for a run, in a few letters, and never an address: the name that they gave, else what the server knows of
 * them. Who is told about a run (`email`) is another thing.
 */
export function submitterName({ submitter: { kind, id }, by }: Pick<Run, 'submitter' | 'by'>): string {
  if (by) return by;
  if (kind === 'email') return id.split('@')[0] ?? '';
  return kind === 'session' ? 'visitor' : id;
}

/** Whether a person is known by more than the way that they came. */
export function isNamed({ submitter, by }: Pick<Run, 'submitter' | 'by'>): boolean {
  return Boolean(by) || submitter.kind === 'email' || submitter.kind === 'cli';
}
