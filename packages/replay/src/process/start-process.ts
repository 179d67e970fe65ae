import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Launch } from '@marteau/shared';
import { tapeWrong } from '../wrong.ts';
import type { FromProcess, NamedStandIn, StandInAddress, StandInTally, ToProcess } from './messages.ts';

const entry = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Stand-ins that run in a process of their own, so that they take no time from whoever started them. */
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
  const over = new AbortController();
  const program = await launch({
    file: process.execPath,
    args: [entry],
    cwd: import.meta.dirname,
    env: { PATH: process.env.PATH ?? '' },
    signal: AbortSignal.any([signal, over.signal]),
    stdin: 'pipe',
    extraPipes: 0,
  });
  const complaints = text(program.stderr).catch(() => '');
  const { promise: begun, resolve } = Promise.withResolvers<FromProcess>();
  const waiting: ((tallies: readonly StandInTally[]) => void)[] = [];
  createInterface({ input: program.stdout }).on('line', (line) => {
    const message = JSON.parse(line) as FromProcess;
    if ('tallies' in message) waiting.shift()?.(message.tallies);
    else resolve(message);
  });
  const order: ToProcess = { standIns };
  program.stdin?.on('error', () => {}); // told by its exit
  program.stdin?.write(`${JSON.stringify(order)}\n`);
  let isStopped = false;
  void program.exited.then(async ({ sentence }) => {
    const said = (await complaints).trim().split('\n').at(-1) ?? '';
    resolve({
      failed: `The stand-ins could not be started: ${sentence}${said ? ` and said “${said}”` : ''}.`,
    });
    if (!isStopped && !signal.aborted) onDeath(`The stand-ins ended in the middle of the run: ${sentence}.`);
  });
  const stop = async (): Promise<void> => {
    isStopped = true;
    program.stdin?.end();
    await program.stop({ graceMs: 1000 });
    over.abort();
  };
  const first = await begun;
  signal.throwIfAborted();
  if ('addresses' in first) {
    const tallies = (): Promise<readonly StandInTally[]> => {
      const { promise, resolve: told } = Promise.withResolvers<readonly StandInTally[]>();
      waiting.push(told);
      program.stdin?.write('\n');
      return Promise.race([promise, program.exited.then(() => [])]);
    };
    return { addresses: first.addresses, notes: first.notes, tallies, [Symbol.asyncDispose]: stop };
  }
  await stop();
  throw tapeWrong('failed' in first ? first.failed : 'The stand-ins said nothing that can be understood.');
}
