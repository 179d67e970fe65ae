import { fileURLToPath } from 'node:url';
import { type Launch, startSideProcess } from '@marteau/launch';
import { tapeWrong } from '../wrong.ts';
import type { NamedStandIn, StandInAddress, StandInsBegun, StandInTally } from './messages.ts';

/** Stand-ins that run in a process of their own. */
export interface StandInProcess extends AsyncDisposable {
  /** Where each is, by name. */
  readonly addresses: Readonly<Record<string, StandInAddress>>;
  /** What their readers had to say about the tapes. */
  readonly notes: readonly string[];
  /** What happened so far; empty when the process is gone. */
  tallies(): Promise<readonly StandInTally[]>;
}

interface ProcessOptions {
  readonly standIns: readonly NamedStandIn[];
  readonly launch: Launch;
  readonly signal: AbortSignal;
  /** It died although nobody stopped it. */
  readonly onDeath: (sentence: string) => void;
}

/** @throws tape-wrong when they cannot be started; the signal's reason when that aborts */
export async function startStandInProcess(options: ProcessOptions): Promise<StandInProcess> {
  const { standIns, launch, signal, onDeath } = options;
  const beside = await startSideProcess<
    readonly NamedStandIn[],
    StandInsBegun,
    never,
    readonly StandInTally[]
  >(
    {
      what: 'The stand-ins',
      entry: fileURLToPath(new URL('./main.ts', import.meta.url)),
      order: standIns,
      launch,
      signal,
      onDeath,
    },
    tapeWrong,
  );
  return {
    ...beside.begun,
    tallies: async () => (await beside.ask()) ?? [],
    [Symbol.asyncDispose]: () => beside[Symbol.asyncDispose](),
  };
}
