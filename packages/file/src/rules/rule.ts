import type { Path } from '../check/path.ts';
import type { PartialFile } from '../schema/file.ts';

export type Report = (path: Path, what: string, fix: string, at?: 'key' | 'value') => void;

/** Something that no field can say for itself. */
export interface Rule {
  /** Fields that must be right for the rule to make sense. */
  reads: readonly (keyof PartialFile)[];
  check: (file: PartialFile, report: Report) => void;
}
