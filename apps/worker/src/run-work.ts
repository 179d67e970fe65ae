import type { ResolvedFile } from '@marteau/file';
import type { RunConsole } from '@marteau/run';
import type { Run, TargetDecision } from '@marteau/shared';
import type { Store } from '@marteau/store';
import { readProjectFile } from './project/read-project.ts';

/** Changes with the shape of `file`. */
export const WORK_VERSION = 3;

/** What prepare learned and the shares and the finalizer need; kept with the run while it is in the line. */
export interface RunWork {
  readonly v: typeof WORK_VERSION;
  /** Where the store keeps the packed tree. */
  readonly tree: string;
  /** Of the packed tree: what every node unpacks is what was packed. */
  readonly sha256: string;
  /** It gets the secrets of its project; what says nothing of it gets none. */
  readonly secrets?: boolean;
  /** Its project is trusted with the machine (`MARTEAU_UNCONTAINED`), and this run is that project's own word. */
  readonly uncontained?: boolean;
  /** What its `setup` installs may be there for later runs: it is the project's own word. */
  readonly keepsSetup?: boolean;
  /** What was decided of its targets. */
  readonly consent?: TargetDecision[];
  readonly file: ResolvedFile;
  /** `.marteau.yml` as it is in the repository. */
  readonly text: string;
}

/**
 * The work of a run; null once the run has ended. Where another version of Marteau prepared it, the shape of its file
 * may be another, too: the text is read again.
 * @throws MarteauError file-wrong, overrides-wrong where this version refuses what that one took
 */
export async function readRunWork(
  { runs }: Pick<Store, 'runs'>,
  run: Run,
  console: RunConsole,
): Promise<RunWork | null> {
  const work = (await runs.work(run.id)) as RunWork | null;
  if (work === null || work.v === WORK_VERSION) return work;
  const { tree, sha256, text, secrets = false, uncontained = false, keepsSetup = false, consent = [] } = work;
  return {
    v: WORK_VERSION,
    tree,
    sha256,
    text,
    secrets,
    uncontained,
    keepsSetup,
    consent,
    file: await readProjectFile(Buffer.from(text), run, console, {
      find: async () => work.file.runner?.name,
    }),
  };
}
