import { bisections, planLengthMs, type ResolvedFile } from '@marteau/file';
import type { Plan } from '@marteau/shared';
import type { Store } from '@marteau/store';

/** What prepare learned and the shares and the finalizer need; kept with the run while it is in the line. */
export interface RunWork {
  /** Where the store keeps the packed tree. */
  tree: string;
  /** Of the packed tree: what every node unpacks is what was packed. */
  sha256: string;
  file: ResolvedFile;
  /** `.marteau.yml` as it is in the repository. */
  text: string;
}

/** As 0.1.0 wrote it: the plan stood beside the file, whose load was not yet read. */
interface EarlierWork extends RunWork {
  plan: Plan;
  file: ResolvedFile & { load: { kind: ResolvedFile['load']['kind']; forMs?: number } };
}

/** The work of a run, also where another version prepared it; null once the run has ended. */
export async function readRunWork({ runs }: Pick<Store, 'runs'>, id: string): Promise<RunWork | null> {
  const work = (await runs.work(id)) as RunWork | EarlierWork | null;
  if (work === null || !('plan' in work)) return work;
  const { plan, file, ...rest } = work;
  const { kind, while: holds = [], forMs = 0 } = file.load;
  const lengthMs = planLengthMs(plan) + (kind === 'find' ? bisections * forMs : 0);
  return { ...rest, file: { ...file, load: { kind, plan, lengthMs, while: holds } } };
}
