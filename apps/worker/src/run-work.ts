import type { ResolvedFile } from '@marteau/file';
import type { Plan } from '@marteau/shared';

/** What prepare learned and the shares and the finalizer need; kept with the run while it is in the line. */
export interface RunWork {
  /** Where the store keeps the packed tree. */
  tree: string;
  /** Of the packed tree: what every node unpacks is what was packed. */
  sha256: string;
  file: ResolvedFile;
  /** `.marteau.yml` as it is in the repository. */
  text: string;
  plan: Plan;
}
