import type { Pair } from '@marteau/report';
import { type Results, readResults } from '@marteau/report/schema';
import { type Confirmation, countedRepeats } from '@marteau/shared';
import type { Store } from '@marteau/store';

type Repeats = Confirmation['repeats'];

/** The repeats that have ended, two by two. */
export async function pairsOf(store: Store, repeats: Repeats): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let i = 0; i + 1 < repeats.length; i += 2) {
    const pair = repeats.slice(i, i + 2);
    const [before, after] = await Promise.all(
      (['before', 'after'] as const).map((side) =>
        resultsOf(store, pair.find((one) => one.side === side)!.run),
      ),
    );
    if (before && after) pairs.push({ before, after });
  }
  return pairs;
}

/** Why the last repeat is one to be run again, with the other of its pair; null where it is none. 'was invalid' */
export async function badRepeat(store: Store, confirmation: Confirmation): Promise<string | null> {
  const counted = countedRepeats(confirmation);
  const last = counted.at(-1);
  if (last === undefined) return null;
  const run = await store.runs.get(last.run);
  if (run?.verdict === 'invalid') return 'was invalid';
  if (run?.changed) return 'was given another load';
  // A repeat of a confirmation somebody asked for by hand, who can ask again.
  if (confirmation.base === undefined) return null;
  if (run?.state === 'error') return 'ended in error';
  if (run === null || counted.length % 2 === 1) return null;
  const [one, other] = await Promise.all(counted.slice(-2).map((repeat) => nodesOf(store, repeat.run)));
  return one!.join() === other!.join() ? null : 'ran on other nodes';
}

/** Names of the nodes that a run had, sorted; none where that is not known. */
export async function nodesOf(store: Store, run: string | undefined): Promise<string[]> {
  const results = run === undefined ? null : await resultsOf(store, run);
  if (results === null) return [];
  const names = [...results.nodes.map(({ node }) => node), ...(results.appNode ? [results.appNode] : [])];
  return [...new Set(names)].toSorted();
}

export async function resultsOf(store: Store, id: string): Promise<Results | null> {
  const text = await store.folders.of(id).text('results.json');
  return text === null ? null : readResults(text);
}
