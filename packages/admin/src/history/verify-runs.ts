import { countOf, hasEnded, isMarteauError, type Run, RunState, readRunRecord } from '@marteau/shared';
import type { Folders, IdPage, ListQuery, Store } from '@marteau/store';
import { ahead } from '../backup/ahead.ts';
import type { Progress } from '../progress.ts';
import { RECORD } from './history.ts';

export interface VerifyResult {
  runs: number;
  /** What is wrong, and has not been mended. */
  wrong: number;
  mended: number;
}

export interface VerifyOptions {
  store: Pick<Store, 'runs'>;
  folders: Folders;
  repair: boolean;
  say: (line: string) => void;
  progress: Progress;
}

/** One thing that is wrong, and how it is mended where it can be. */
interface Finding {
  sentence: string;
  mend?: () => Promise<unknown>;
}

const PAGE = 200;
const AT_ONCE = 16;

/** What the lists say of a run. */
interface Listed {
  state: RunState;
  /** Whether its project's list has it, too. */
  isOf(project: string): Promise<boolean>;
}

/** Every run's folder against the lists, and the other way. Live runs are looked at by who works on them. */
export async function verifyRuns({
  store,
  folders,
  repair,
  say,
  progress,
}: VerifyOptions): Promise<VerifyResult> {
  const result: VerifyResult = { runs: 0, wrong: 0, mended: 0 };
  const states = new Map<string, RunState>();
  for (const state of RunState.enum) for await (const id of allIds(store, { state })) states.set(id, state);
  const projects = new Map<string, Promise<Set<string>>>();
  const ofProject = (project: string): Promise<Set<string>> => {
    const known =
      projects.get(project) ?? Array.fromAsync(allIds(store, { project })).then((all) => new Set(all));
    projects.set(project, known);
    return known;
  };
  const ids = [...new Set([...states.keys(), ...(await folders.list())])].sort();
  for await (const findings of ahead(ids, AT_ONCE, (id) => {
    const state = states.get(id);
    const isOf = async (project: string) => (await ofProject(project)).has(id);
    return look({ store, folders }, id, state === undefined ? null : { state, isOf });
  })) {
    result.runs += 1;
    for (const { sentence, mend } of findings) {
      if (repair && mend) await mend();
      result[repair && mend ? 'mended' : 'wrong'] += 1;
      say(repair && mend ? `${sentence} Mended.` : sentence);
    }
    progress(() => `${countOf(result.runs, 'run')} of ${ids.length}.`);
  }
  return result;
}

async function* allIds(
  { runs }: Pick<Store, 'runs'>,
  query: Pick<ListQuery, 'state' | 'project'>,
): AsyncGenerator<string> {
  for (let cursor: string | null = null; ; ) {
    const page: IdPage = await runs.ids({ ...query, limit: PAGE, cursor });
    yield* page.ids;
    cursor = page.cursor;
    if (cursor === null) return;
  }
}

async function look(
  { store, folders }: Pick<VerifyOptions, 'store' | 'folders'>,
  id: string,
  listed: Listed | null,
): Promise<Finding[]> {
  if (listed !== null && !hasEnded(listed.state)) return [];
  const folder = folders.of(id);
  const names = new Set((await folder.list()).map(({ name }) => name));
  const text = names.has(RECORD) ? await folder.text(RECORD).catch((error: Error) => error) : null;
  if (text instanceof Error)
    return [{ sentence: `run.json of run ${id} cannot be read: ${text.message}. Look at its rights.` }];
  if (text === null) {
    if (listed === null) return names.size === 0 || names.has('work/run.json') ? [] : [orphan(id)];
    // It has ended just now: its folder is about to be completed.
    if ((await store.runs.get(id)) !== null) return [];
    if (names.size > 0) return [{ sentence: `Run ${id} has no run.json in its folder: ${FROM_BACKUP}` }];
    const mend = () =>
      store.runs.remove(id).catch((error: unknown) => {
        if (!isMarteauError(error, 'not-found')) throw error;
      });
    return [{ sentence: `Run ${id} is in the lists and has no folder.`, mend }];
  }
  const record = read(text, id);
  if (typeof record === 'string') return [{ sentence: record }];
  const findings: Finding[] = [];
  const mend = () => store.runs.adopt(id, true);
  if (listed === null) findings.push({ sentence: `Run ${id} is in its folder and in no list.`, mend });
  else if (listed.state !== record.state)
    findings.push({
      sentence: `Run ${id} is in the list of those that are ${listed.state}, and ${record.state} in its folder.`,
      mend,
    });
  else if (record.kind !== 'repeat' && !(await listed.isOf(record.project)))
    findings.push({ sentence: `Run ${id} is missing in the list of ${record.project}.`, mend });
  if (record.hasReport)
    for (const name of ['report.html', 'results.json'])
      if (!names.has(name)) findings.push({ sentence: `Run ${id} has lost its ${name}: ${FROM_BACKUP}` });
  return findings;
}

const FROM_BACKUP = '`npm run admin -- merge` fills it in from a back-up that has it.';

const orphan = (id: string): Finding => ({
  sentence: `The folder ${id} has no run.json, and no list knows a run of it: retention removes it a day after the last file was put there, or a merge completes it.`,
});

/** The record, or why it is none. */
function read(text: string, id: string): Run | string {
  try {
    return readRunRecord(text, id);
  } catch (error) {
    if (!isMarteauError(error)) throw error;
    return error.message;
  }
}
