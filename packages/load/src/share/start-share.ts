import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Launch } from '@marteau/launch';
import type { EngineMessage } from '@marteau/measure';
import { type ChangeLoad, foreignError, type MarteauError } from '@marteau/shared';
import type { ListedTest } from '../thread/messages.ts';
import { type Child, launchChild } from './child.ts';
import { childJobOf } from './child-job.ts';
import { endOf } from './end-of.ts';
import type { ShareJob } from './job.ts';
import type { ChildMessage } from './messages.ts';
import { readMeasurements, type ShareDone } from './read-measurements.ts';
import { tickBudget } from './tick-budget.ts';

export interface ShareOptions {
  readonly launch: Launch;
  /** Ends the child and throws away what it measured. */
  readonly signal: AbortSignal;
  readonly onMessage?: (message: EngineMessage) => void;
}

/** What a script has. */
export interface ScriptLoaded {
  readonly tests: readonly ListedTest[];
  /** In what users cannot be kept apart, a sentence; null where they are. */
  readonly shared: string | null;
}

/** What a share says once the script was loaded, or could not be. */
export type ShareReady = ScriptLoaded | { readonly error: MarteauError };

/** A share of a run's load, in a process of its own. */
export interface RunningShare {
  /** Never rejects. */
  readonly ready: Promise<ShareReady>;
  /** The script's console. Has to be read, else the script comes to a halt. */
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Starts the load, at a moment (ms since 1970) or at once; once `ready` has said that it can. */
  start(at?: number): void;
  /** "Stop and report": ends the load now and keeps what was measured. */
  stop(): void;
  /** Another load from a moment on; what of it cannot be done is said in a note. */
  readonly change: ChangeLoad;
  /** Never rejects; once it resolves nothing of the child is left. */
  readonly done: Promise<ShareDone>;
}

/**
 * Starts the process that runs a script as load, up to where the script is loaded; `start` begins the load.
 * What fails from then on is told by `ready` and `done`.
 * @throws MarteauError script-missing, script-outside; then nothing was started
 */
export async function startShare(job: ShareJob, options: ShareOptions): Promise<RunningShare> {
  const childJob = await childJobOf(job);
  const token = randomBytes(16).toString('hex');
  const ready = Promise.withResolvers<ShareReady>();
  let failure: MarteauError | null = null;
  let sha256: string | null = null;
  const hasBudget = tickBudget();
  const receive = (message: ChildMessage) => {
    switch (message.type) {
      case 'ready':
        ready.resolve({ tests: message.tests, shared: message.shared });
        break;
      case 'failed':
        failure ??= foreignError(message.code, message.params);
        break;
      case 'done':
        sha256 = message.sha256;
        break;
      case 'tick':
        if (hasBudget()) options.onMessage?.(message);
        break;
      default:
        options.onMessage?.(message);
    }
  };
  const child: Child = await launchChild({
    job: childJob,
    token,
    cwd: join(job.root, job.wdir),
    ...options,
    receive,
  });
  const done = child.exited.then(async (exit): Promise<ShareDone> => {
    if (sha256) return readMeasurements(childJob.file, dirname(job.out), sha256);
    return { error: failure ?? endOf(exit) };
  });
  done.then((outcome) => ready.resolve('error' in outcome ? outcome : { tests: [], shared: null }));
  return {
    ready: ready.promise,
    stdout: child.stdout,
    stderr: child.stderr,
    start: (at) => child.send({ type: 'start', at: at ?? null }),
    stop: () => child.send({ type: 'stop' }),
    change: (number, change) => child.send({ type: 'change', number, change }),
    done,
  };
}
