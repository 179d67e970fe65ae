// Stand-ins in a process of their own, for a run: reads what to start from stdin, says where they are on stdout, and tells
// what happened at them for every further line. It ends with its stdin: with whoever started it, however that one ends.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { isMarteauError } from '@marteau/shared';
import { writeTrustFiles } from '../environment/trust-files.ts';
import { type StandIn, startStandIn } from '../standin/stand-in.ts';
import type { FromProcess, StandInAddress, StandInTally, ToProcess } from './messages.ts';

/** So many sentences are kept for each. */
const mostSentences = 20;

const lines = createInterface({ input: process.stdin });
const tell = (message: FromProcess) => void process.stdout.write(`${JSON.stringify(message)}\n`);
const { standIns } = JSON.parse((await once(lines, 'line'))[0]) as ToProcess;
const started: { standIn: StandIn; name: string; sentences: Set<string> }[] = [];
await using stack = new AsyncDisposableStack();
try {
  const addresses: Record<string, StandInAddress> = {};
  for (const { name, ...options } of standIns) {
    const sentences = new Set<string>();
    const standIn = stack.use(
      await startStandIn({
        ...options,
        repeats: 'cycle',
        onEvent: ({ sentence }) => void (sentences.size < mostSentences && sentences.add(sentence)),
      }),
    );
    started.push({ standIn, name, sentences });
    const trust = standIn.authority && stack.use(await writeTrustFiles(standIn.authority));
    addresses[name] = { url: standIn.url, trust: trust && { cert: trust.cert, bundle: trust.bundle } };
  }
  tell({ addresses, notes: started.flatMap(({ standIn }) => standIn.notes) });
  lines.on('line', () => tell({ tallies: started.map(tallyOf) }));
  await once(lines, 'close');
} catch (error) {
  tell({ failed: isMarteauError(error) ? error.message : String((error as Error).stack) });
}
await stack.disposeAsync();

function tallyOf({ standIn, name, sentences }: (typeof started)[number]): StandInTally {
  return { name, ...standIn.counts, sentences: [...sentences] };
}
