// Stand-ins in a process of their own, for a run: says what happened at them whenever it is asked.
import { serveSideProcess } from '@marteau/launch';
import { writeTrustFiles } from '../environment/trust-files.ts';
import { type StandIn, startStandIn } from '../standin/stand-in.ts';
import type { NamedStandIn, StandInAddress, StandInsBegun, StandInTally } from './messages.ts';

/** So many sentences are kept for each. */
const MOST_SENTENCES = 20;

interface Started {
  readonly standIn: StandIn;
  readonly name: string;
  readonly sentences: ReadonlySet<string>;
}

await serveSideProcess<readonly NamedStandIn[], StandInsBegun, never, readonly StandInTally[]>(
  async (order) => {
    await using stack = new AsyncDisposableStack();
    const all: Started[] = [];
    const addresses: Record<string, StandInAddress> = {};
    for (const { name, ...options } of order) {
      const sentences = new Set<string>();
      const standIn = stack.use(
        await startStandIn({
          ...options,
          repeats: 'cycle',
          onEvent: ({ sentence }) => void (sentences.size < MOST_SENTENCES && sentences.add(sentence)),
        }),
      );
      all.push({ standIn, name, sentences });
      const trust = standIn.authority && stack.use(await writeTrustFiles(standIn.authority));
      addresses[name] = { url: standIn.url, trust: trust && { cert: trust.cert, bundle: trust.bundle } };
    }
    const started = stack.move();
    return {
      begun: { addresses, notes: all.flatMap(({ standIn }) => standIn.notes) },
      answer: () => all.map(tallyOf),
      [Symbol.asyncDispose]: () => started.disposeAsync(),
    };
  },
);

function tallyOf({ standIn, name, sentences }: Started): StandInTally {
  return { name, ...standIn.counts, sentences: [...sentences] };
}
