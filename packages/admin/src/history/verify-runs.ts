import { countOf, hasEnded, isMarteauError, type Run, readRunRecord } from '@marteau/shared';
import type { Folders, Store } from '@marteau/store';
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

/** Every run's folder against its entry in the index, and the other way. Live runs are looked at by who works on them. */
export async function verifyRuns({
  store,
  folders,
  repair,
  say,
  progress,
}: VerifyOptions): Promise<VerifyResult> {
  const result: VerifyResult = { runs: 0, wrong: 0, mended: 0 };
  const indexed = new Map<string, Run>();
  for (let cursor: string | null = null; ; ) {
    const page = await store.runs.list({ limit: PAGE, cursor });
    for (const run of page.runs) indexed.set(run.id, run);
    cursor = page.cursor;
    if (cursor === null) break;
  }
  const ids = [...new Set([...indexed.keys(), ...(await folders.list())])].sort();
  for await (const findings of ahead(ids, AT_ONCE, (id) =>
    look({ store, folders }, id, indexed.get(id) ?? null),
  )) {
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

async function look(
  { store, folders }: Pick<VerifyOptions, 'store' | 'folders'>,
  id: string,
  entry: Run | null,
): Promise<Finding[]> {
  if (entry !== null && !hasEnded(entry.state)) return [];
  const folder = folders.of(id);
  const names = new Set((await folder.list()).map(({ name }) => name));
  const text = names.has(RECORD) ? await folder.text(RECORD) : null;
  const replace = () => store.runs.adopt(id, true);
  if (text === null) {
    if (entry === null) return names.size === 0 || names.has('work/run.json') ? [] : [orphan(id)];
    return [
      {
        sentence: `Run ${id} has no run.json in its folder; the list knows it, in short.`,
        mend: async () => folder.put(RECORD, `${JSON.stringify(await store.runs.get(id), null, 2)}\n`),
      },
    ];
  }
  const record = read(text, id);
  if (typeof record === 'string')
    return [
      {
        sentence: record,
        ...(entry !== null && {
          mend: async () => {
            await folder.put(`${RECORD}.damaged`, text);
            await folder.put(RECORD, `${JSON.stringify(entry, null, 2)}\n`);
          },
        }),
      },
    ];
  const findings: Finding[] = [];
  if (entry === null)
    findings.push({ sentence: `Run ${id} is in its folder and in no list.`, mend: replace });
  else if (different(entry, record) !== null)
    findings.push({
      sentence: `Run ${id} is in the list with another ${different(entry, record)} than in its folder.`,
      mend: replace,
    });
  if (record.hasReport)
    for (const name of ['report.html', 'results.json'])
      if (!names.has(name))
        findings.push({
          sentence: `Run ${id} has lost its ${name}: \`npm run admin -- merge\` fills it in from a back-up that has it.`,
        });
  return findings;
}

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

/** What lists show and never cut. */
function different(entry: Run, record: Run): string | null {
  const fields = ['state', 'verdict', 'project', 'commit', 'submittedAt', 'endedAt', 'hasReport'] as const;
  return fields.find((name) => entry[name] !== record[name]) ?? null;
}
