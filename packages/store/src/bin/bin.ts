import { hasEnded, isMarteauError, MarteauError, type Run, RunState } from '@marteau/shared';
import type { Context } from '../context.ts';
import type { Hooks } from '../hooks/hooks.ts';
import { projectId } from '../projects/project.ts';
import type { ProjectRecords } from '../projects/projects.ts';
import { listIds, listRuns } from '../runs/list.ts';
import { adoptRun } from '../runs/remember.ts';
import type { BinEntry } from './bin-entry.ts';

/** What was deleted stays here for a while: its folders as they are, in no list. */
export interface Bin {
  /** Takes an ended run out of all lists. @throws 'not-found', 'wrong-state' */
  takeRun(id: string, by: BinEntry['by']): Promise<BinEntry>;
  /** Takes a project with its runs; its hook answers that it is none. @throws 'not-found', 'project-busy' */
  takeProject(id: string, by: BinEntry['by']): Promise<BinEntry>;
  get(id: string): Promise<BinEntry | null>;
  /** The latest first, and why others cannot be read. */
  list(): Promise<{ entries: BinEntry[]; wrong: string[] }>;
  /** Puts it back to where it was. @throws 'not-found' where it is not in the bin (any more) */
  undo(id: string): Promise<BinEntry>;
  /** Deletes it for good. @throws 'not-found' */
  erase(id: string): Promise<BinEntry>;
  /** Deletes for good what has been here for so long, ms. @returns how many */
  expire(maxAgeMs: number): Promise<number>;
}

const PAGE = 200;
const ACTIVE = RunState.enum.filter((state) => !hasEnded(state));

/** @param belongings what goes with a project for good */
export function createBin(
  context: Context,
  projects: ProjectRecords,
  hooks: Pick<Hooks, 'close' | 'reopen'>,
  belongings: readonly { remove(project: string): Promise<void> }[],
): Bin {
  const { bin, script, folders, clock, read } = context;
  const now = () => new Date(clock.now()).toISOString();
  const known = async (id: string): Promise<BinEntry> => {
    const entry = await bin.get(id);
    if (entry === null) throw new MarteauError('not-found', { what: `${id.slice(0, 40)} in the bin` });
    return entry;
  };

  const erase = async (id: string): Promise<BinEntry> => {
    const entry = await known(id);
    for (const run of entry.runs ?? [id]) await folders.remove(run);
    // What was made anew has them now.
    if (entry.kind === 'project' && (await projects.get(id)) === null)
      for (const { remove } of belongings) await remove(id);
    await bin.remove(id);
    return entry;
  };

  return {
    async takeRun(id, by) {
      const run = await read.one(id);
      if (run === null) throw new MarteauError('not-found', { what: `run ${id.slice(0, 40)}` });
      if (!hasEnded(run.state))
        throw new MarteauError('wrong-state', { action: 'deleted', state: run.state });
      const entry: BinEntry = {
        v: 1,
        id,
        kind: 'run',
        project: run.project,
        name: nameOf(run),
        at: now(),
        by,
      };
      await bin.put(id, entry);
      await script('remove', { id, project: run.project });
      return entry;
    },

    async takeProject(id, by) {
      const project = await projects.get(id);
      if (project === null) throw new MarteauError('not-found', { what: `project ${id.slice(0, 40)}` });
      const { repo } = project;
      const active = await listRuns(context, { project: repo, state: ACTIVE, limit: 1 });
      if (active.runs[0]) throw new MarteauError('project-busy', { run: active.runs[0].id });
      const runs: string[] = [];
      for (let cursor: string | null = null; ; ) {
        const page = await listIds(context, { project: repo, limit: PAGE, cursor });
        runs.push(...page.ids);
        cursor = page.cursor;
        if (cursor === null) break;
      }
      const entry: BinEntry = {
        v: 1,
        id,
        kind: 'project',
        project: repo,
        name: repo,
        at: now(),
        by,
        runs,
        record: project,
      };
      // What was deleted of it before, and made anew since, stays with it.
      await bin.change(id, (before) => ({ ...entry, runs: [...(before?.runs ?? []), ...runs] }));
      await hooks.close(id);
      await projects.remove(id);
      for (const run of runs) await script('remove', { id: run, project: repo });
      return entry;
    },

    get: bin.get,
    async list() {
      const { records, wrong } = await bin.list();
      return { entries: records.toSorted((a, b) => b.at.localeCompare(a.at)), wrong };
    },

    async undo(id) {
      const entry = await known(id);
      const whole = entry.kind === 'run' ? await bin.get(projectId(entry.project)) : null;
      if (whole !== null) throw new MarteauError('project-in-bin', { project: entry.project });
      if (entry.record) await projects.putBack(entry.record);
      await bin.remove(id);
      if (entry.kind === 'project') await hooks.reopen(id);
      const isBinned = await bin.look();
      for (const run of entry.runs ?? [id]) {
        await adoptRun(context, run, { isBinned }).catch((error: unknown) => {
          if (!isMarteauError(error)) throw error;
          context.log.warn({ run }, error.message);
        });
      }
      return entry;
    },

    erase,

    async expire(maxAgeMs) {
      const old = (await bin.list()).records.filter(({ at }) => clock.now() - Date.parse(at) > maxAgeMs);
      for (const { id } of old) await erase(id);
      return old.length;
    },
  };
}

function nameOf({ name, commit, ref }: Run): string {
  return [name, ref, commit?.slice(0, 8)].filter(Boolean).join(', ') || 'a run without a name';
}
