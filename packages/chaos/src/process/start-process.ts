import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type Launch, startSideProcess } from '@marteau/launch';
import type { Tally } from '../outputs/tally.ts';
import type { ProxyOptions } from '../proxy/chaos-proxy.ts';
import { wrong } from '../wrong.ts';

/** What the process is told. */
export interface ProxyOrder {
  readonly proxies: readonly ProxyOptions[];
  /** Of the control server. */
  readonly token: string;
}

/** What it answers. */
export interface ProxiesBegun {
  /** The URL of the control server. */
  readonly control: string;
  /** The address of each, by name. */
  readonly addresses: Readonly<Record<string, string>>;
}

/** Proxies that run in a process of their own. */
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
  const beside = await startSideProcess<ProxyOrder, ProxiesBegun, readonly Tally[], null>(
    {
      what: 'The chaos proxies',
      entry: fileURLToPath(new URL('./main.ts', import.meta.url)),
      order: { proxies, token },
      launch,
      signal,
      onEvent: onFaults,
      onDeath,
    },
    wrong,
  );
  return {
    addresses: beside.begun.addresses,
    url: beside.begun.control,
    token,
    flush: async () => void (await beside.ask()),
    [Symbol.asyncDispose]: () => beside[Symbol.asyncDispose](),
  };
}
