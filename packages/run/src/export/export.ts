import { setTimeout as sleep } from 'node:timers/promises';
import type { ResolvedFile } from '@marteau/file';
import type { EngineMessage } from '@marteau/measure';
import { type Allowed, askOutside } from '@marteau/net';
import type { Plan } from '@marteau/shared';
import { Figures } from './figures.ts';
import { otlp } from './otlp.ts';
import type { Format, Origin } from './receiver.ts';
import { remoteWrite } from './remote-write.ts';

type Receiver = NonNullable<ResolvedFile['export']>[number];

const formats: Readonly<Record<Receiver['kind'], Format>> = { otlp, prometheus: remoteWrite };

const EVERY_MS = 5000;
/** A receiver that is slower loses this export; the next one has it all. */
const LONGEST_MS = 5000;
/** So long the end of a run waits for one. */
const LAST_MS = 2000;
const MOST_ANSWER = 1000;

const LATE = 'it did not answer in time';

interface ExportOptions {
  readonly of: Origin;
  /** Null where it is the engine's own. */
  readonly plan: Plan | null;
  /** The file's `env`, secrets filled in: for headers. */
  readonly variables: Readonly<Record<string, string>>;
  readonly allowed: Allowed;
  readonly signal: AbortSignal;
  /** ms since 1970 */
  now(): number;
  readonly everyMs?: number;
  readonly longestMs?: number;
}

/** Figures on their way to those that the file names, while the load runs. */
export interface Exporting extends AsyncDisposable {
  take(message: EngineMessage): void;
  /** Sends the last of it, and says what did not arrive, a sentence for each receiver. */
  end(): Promise<string[]>;
}

/**
 * Sends what a share does every few seconds to each receiver, one export at a time. It never throws and never waits for a
 * receiver while the load runs; figures are totals, so that one export that fails loses nothing.
 */
export function startExport(receivers: readonly Receiver[], options: ExportOptions): Exporting {
  const figures = new Figures(options.plan);
  const begun = options.now();
  const ending = new AbortController();
  const sending = receivers.map((receiver) =>
    sendOver(receiver, { figures, begun, ending: ending.signal }, options),
  );
  const stop = (): Promise<(string | null)[]> => {
    ending.abort();
    return Promise.all(sending);
  };
  return {
    take: (message) => {
      if (receivers.length > 0) figures.add(message);
    },
    end: async () => (await stop()).filter((sentence) => sentence !== null),
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}

interface Work {
  readonly figures: Figures;
  readonly begun: number;
  readonly ending: AbortSignal;
}

/** @returns what did not arrive, in a sentence; null where all did */
async function sendOver(
  receiver: Receiver,
  { figures, begun, ending }: Work,
  options: ExportOptions,
): Promise<string | null> {
  const { of, signal, now, everyMs = EVERY_MS, longestMs = LONGEST_MS } = options;
  const format = formats[receiver.kind];
  const missed: string[] = [];
  const tooLate = new AbortController();
  ending.addEventListener('abort', () => {
    setTimeout(() => tooLate.abort(new Error(LATE)), Math.min(longestMs, LAST_MS)).unref();
  });
  let sent = 0;
  const send = async (): Promise<void> => {
    sent++;
    try {
      const { status } = await askOutside(format.address(receiver.url), {
        method: 'POST',
        headers: { ...format.headers, ...filledIn(receiver.headers, options.variables) },
        body: format.write(figures, of, { begun, now: now() }),
        signal: AbortSignal.any([signal, tooLate.signal, AbortSignal.timeout(longestMs)]),
        allowed: options.allowed,
        mostBytes: MOST_ANSWER,
      });
      if (status >= 300) missed.push(`it answered ${status}`);
    } catch (error) {
      missed.push((error as Error).name === 'TimeoutError' ? LATE : (error as Error).message);
    }
  };
  while (!ending.aborted && !signal.aborted) {
    await sleep(everyMs, undefined, { signal: AbortSignal.any([ending, signal]) }).catch(() => {});
    if (!ending.aborted && !signal.aborted) await send();
  }
  if (!signal.aborted) await send();
  const last = missed.at(-1);
  const host = format.address(receiver.url).host;
  return last === undefined
    ? null
    : `${missed.length} of ${sent} exports to ${host} did not arrive; the last time because ${last}.`;
}

function filledIn(
  headers: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      value.replace(/\$\{([^}]*)\}/g, (_, variable: string) => variables[variable] ?? ''),
    ]),
  );
}
