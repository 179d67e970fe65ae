import type { EffectiveFile, Plan } from '@marteau/shared';

/** What prepare learned and the shares and the finalizer need; kept with the run while it is in the line. */
export interface RunWork {
  /** SHA-256 of the packed tree. */
  tree: string;
  file: EffectiveFile;
  /** `.marteau.yml` as it is in the repository. */
  text: string;
  plan: Plan;
}
