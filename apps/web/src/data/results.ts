import { type Results, readResults } from '@marteau/report/schema';
import { MarteauError, type Run } from '@marteau/shared';
import type { Store } from '@marteau/store';

/** The results of a run. @throws MarteauError 'report-missing', `results-…` where they are damaged */
export async function resultsOf(store: Store, run: Run): Promise<Results> {
  const text = await store.folders.of(run.id).text('results.json');
  if (text === null) throw new MarteauError('report-missing', { file: 'results.json' });
  return readResults(text);
}
