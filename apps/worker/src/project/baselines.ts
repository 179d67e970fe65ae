import { type Results, readResults } from '@marteau/report/schema';
import type { RunConsole } from '@marteau/run';
import { isMarteauError, type Run } from '@marteau/shared';
import { goodRunsBefore, type Store } from '@marteau/store';

/** So many good runs show how much runs vary among themselves; more would only be older. */
const BASELINES = 6;

/**
 * The results of the good runs that a run is compared with, newest first. Those that cannot be read are left out, which
 * the console says.
 */
export async function baselinesOf(store: Store, run: Run, console: RunConsole): Promise<Results[]> {
  const runs = await goodRunsBefore(store.runs, run, BASELINES);
  const read = await Promise.all(runs.map(({ id }) => resultsOf(store, id, console)));
  return read.filter((results) => results !== null);
}

async function resultsOf(store: Store, id: string, console: RunConsole): Promise<Results | null> {
  const text = await store.folders.of(id).text('results.json');
  try {
    if (text !== null) return readResults(text);
    console.say(`Not compared with run ${id}: its results.json is gone.`);
  } catch (error) {
    if (!isMarteauError(error)) throw error;
    console.say(`Not compared with run ${id}: ${error.message}`);
  }
  return null;
}
