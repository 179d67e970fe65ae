import { EventEmitter, on } from 'node:events';
import type { RunState } from '@marteau/shared';
import type { Channels } from '../control/channels.ts';

/** A change of any run, for pages that show many. */
export interface RunChange {
  runId: string;
  /** `closed`: it has ended before, and its record is whole, or another one. */
  state: RunState | 'closed' | 'deleted' | 'noted';
}

/** See Runs.changes. */
export async function* runChanges(channels: Channels, signal: AbortSignal): AsyncGenerator<RunChange> {
  if (signal.aborted) return;
  const emitter = new EventEmitter();
  const unlisten = channels.onChange((message) => emitter.emit('change', message));
  try {
    for await (const [message] of on(emitter, 'change', { signal })) {
      const [runId, state] = (message as string).split(' ');
      yield { runId: runId!, state: state as RunChange['state'] };
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    unlisten();
  }
}
