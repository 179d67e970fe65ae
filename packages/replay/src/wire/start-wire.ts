import { fileURLToPath } from 'node:url';
import { type Launch, startSideProcess } from '@marteau/launch';
import { wrong } from '../wrong.ts';
import type { WireAnswer, WireBegun, WireOrder } from './messages.ts';

/** A measuring proxy that runs in a process of its own. */
export interface WireProcess extends AsyncDisposable {
  /** Where it is, and what HTTPS clients have to trust. */
  readonly begun: WireBegun;
  /** What has passed since it was asked last; nothing when it is gone. */
  take(): Promise<WireAnswer>;
}

interface ProcessOptions {
  readonly order: WireOrder;
  readonly launch: Launch;
  readonly signal: AbortSignal;
  /** It died although nobody stopped it. */
  readonly onDeath: (sentence: string) => void;
}

const nothing: WireAnswer = {
  samples: [],
  sentences: [],
  open: 0,
  cpu: 0,
  loopDelay: 0,
  waited: [],
  tunnels: {},
};

/** @throws replay-wrong when it cannot be started; the signal's reason when that aborts */
export async function startWireProcess(options: ProcessOptions): Promise<WireProcess> {
  const { order, launch, signal, onDeath } = options;
  const beside = await startSideProcess<WireOrder, WireBegun, never, WireAnswer>(
    {
      what: 'The measuring proxy',
      entry: fileURLToPath(new URL('./main.ts', import.meta.url)),
      order,
      launch,
      signal,
      onDeath,
    },
    wrong,
  );
  return {
    begun: beside.begun,
    take: async () => (await beside.ask()) ?? nothing,
    [Symbol.asyncDispose]: () => beside[Symbol.asyncDispose](),
  };
}
