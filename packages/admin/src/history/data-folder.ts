import { isMarteauError, readRunRecord } from '@marteau/shared';
import { type Places, WORK_FOLDER } from '@marteau/store';
import { ahead } from '../backup/ahead.ts';
import { type History, type HistoryRun, RECORD } from './history.ts';

const AT_ONCE = 16;

/** The runs of a Marteau's data folder, or of its bucket. */
export function dataFolderHistory({
  folders,
  name,
  close,
}: Pick<Places, 'folders' | 'name' | 'close'>): History {
  async function look(id: string): Promise<HistoryRun | null> {
    const folder = folders.of(id);
    const files = (await folder.list()).map((file) => file.name);
    const text = await folder.text(RECORD);
    if (text === null) return null;
    try {
      const { project, submittedAt } = readRunRecord(text, id);
      const isWork = (file: string) => file.startsWith(`${WORK_FOLDER}/`);
      return { id, identity: { project, submittedAt }, files: files.filter((file) => !isWork(file)) };
    } catch (error) {
      if (!isMarteauError(error)) throw error;
      return { id, identity: null, wrong: error.message, files };
    }
  }
  return {
    name,
    async *runs() {
      for await (const run of ahead((await folders.list()).sort(), AT_ONCE, look))
        if (run !== null) yield run;
    },
    async read(wanted, handle) {
      for (const [id, names] of wanted)
        for (const file of names) {
          const opened = await folders.of(id).open(file);
          if (opened) await handle({ id, name: file, bytes: opened.stream });
        }
    },
    [Symbol.asyncDispose]: async () => close(),
  };
}
