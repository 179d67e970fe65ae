import type { Readable } from 'node:stream';
import type { Measurements } from '@marteau/measure';
import type { ChangeLoad } from '@marteau/shared';
import type { ShareJob } from './job.ts';
import { type ShareOptions, startShare } from './start-share.ts';

export interface RunLoadOptions extends ShareOptions {
  /** Reads the script's console to its end. */
  readonly read: (stdout: Readable, stderr: Readable) => Promise<void>;
  /** The script is loaded: resolves with the moment to start at, ms since 1970, or undefined for at once. */
  readonly begin?: () => Promise<number | undefined>;
  /**
   * The load was told to start.
   * @param stop ends it early and keeps what was measured
   * @param change makes another load of it
   */
  readonly onStart?: (stop: () => void, change: ChangeLoad) => void;
}

/**
 * Loads a script, runs it as load, and resolves with what was measured. However it ends, nothing of it is left.
 * @throws MarteauError script-*, engine-*; what `begin` throws; the signal's reason when it aborts
 */
export async function runLoad(
  job: ShareJob,
  { launch, signal, onMessage, read, begin, onStart }: RunLoadOptions,
): Promise<Measurements> {
  const over = new AbortController();
  const share = await startShare(job, {
    launch,
    signal: AbortSignal.any([signal, over.signal]),
    onMessage,
  });
  const output = read(share.stdout, share.stderr);
  try {
    const ready = await share.ready;
    signal.throwIfAborted();
    if ('error' in ready) throw ready.error;
    share.start(await begin?.());
    onStart?.(() => share.stop(), share.change);
    const done = await share.done;
    signal.throwIfAborted();
    if ('error' in done) throw done.error;
    return done.measurements;
  } finally {
    over.abort();
    await share.done;
    await output;
  }
}
