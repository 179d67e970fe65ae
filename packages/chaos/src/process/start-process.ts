import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Launch } from '@marteau/shared';
import type { Tally } from '../outputs/tally.ts';
import type { ProxyOptions } from '../proxy/chaos-proxy.ts';
import { wrong } from '../wrong.ts';
import type { FromProcess, ToProcess } from './messages.ts';

const entry = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Proxies that run in a process of their own, so that they take no time from whoever started them. */
export interface ProxyProcess extends AsyncDisposable {
  /** The address of each, by name. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Its control server. */
  readonly url: string;
  readonly token: string;
  /** Resolves once it has told of every fault so far. */
  flush(): Promise<void>;
}

interface ProcessOptions {
  readonly proxies: readonly ProxyOptions[];
  readonly launch: Launch;
  readonly signal: AbortSignal;
  /** Told about once in a second in which there were any. */
  readonly onFaults: (tallies: readonly Tally[]) => void;
  /** It died although nobody stopped it. */
  readonly onDeath: (sentence: string) => void;
}

/** @throws chaos-wrong when they cannot be started; the signal's reason when that aborts */
export async function startProxyProcess(options: ProcessOptions): Promise<ProxyProcess> {
  const { proxies, launch, signal, onFaults, onDeath } = options;
  const token = randomBytes(16).toString('hex');
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
  const flushed: (() => void)[] = [];
  createInterface({ input: program.stdout }).on('line', (line) => {
    const message = JSON.parse(line) as FromProcess;
    if ('faults' in message) onFaults(message.faults);
    else if ('flushed' in message) flushed.shift()?.();
    else resolve(message);
  });
  const order: ToProcess = { proxies: [...proxies], token };
  program.stdin?.on('error', () => {}); // told by its exit
  program.stdin?.write(`${JSON.stringify(order)}\n`);
  let isStopped = false;
  void program.exited.then(async ({ sentence }) => {
    const said = (await complaints).trim().split('\n').at(-1) ?? '';
    resolve({
      failed: `The chaos proxies could not be started: ${sentence}${said ? ` and said “${said}”` : ''}.`,
    });
    if (!isStopped && !signal.aborted)
      onDeath(`The chaos proxies ended in the middle of the run: ${sentence}.`);
  });
  const stop = async (): Promise<void> => {
    isStopped = true;
    program.stdin?.end();
    await program.stop({ graceMs: 1000 });
    over.abort();
  };
  const first = await begun;
  signal.throwIfAborted();
  if ('control' in first) {
    const flush = (): Promise<void> => {
      const { promise, resolve: told } = Promise.withResolvers<void>();
      flushed.push(told);
      program.stdin?.write('\n');
      return Promise.race([promise, program.exited.then(() => {})]);
    };
    return { addresses: first.addresses, url: first.control, token, flush, [Symbol.asyncDispose]: stop };
  }
  isStopped = true;
  await stop();
  throw wrong('failed' in first ? first.failed : 'The chaos proxies said nothing that can be understood.');
}
