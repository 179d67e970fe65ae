import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from './child.ts';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** Who has run for so long starts again with the first pause. */
const STEADY_MS = 60_000;

interface Job {
  /** 'worker-1' */
  name: string;
  /** Absolute. */
  script: string;
  env: NodeJS.ProcessEnv;
  show: (line: string) => void;
  signal: AbortSignal;
  /** How long it may take to end, ms. */
  graceMs: number;
}

/** A process of ours that is kept running. */
interface Supervised {
  /** Its first line that begins with "listening". Rejects when it ends without one: its environment is wrong then. */
  listening: Promise<string>;
  /** Resolves once it has been stopped. */
  ended: Promise<void>;
}

/** Keeps a process running until the signal: one that died is started again, after a pause that doubles. */
export function supervise(job: Job): Supervised {
  const { promise: listening, resolve, reject } = Promise.withResolvers<string>();
  listening.catch(() => {}); // told to whoever awaits it
  let isUp = false;
  const hear = (line: string): void => {
    if (!isUp && line.startsWith('listening')) {
      isUp = true;
      resolve(line);
    } else job.show(line);
  };

  const keep = async (): Promise<void> => {
    const { name, script, env, show, signal, graceMs } = job;
    for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const startedAt = performance.now();
      const child = startChild(script, env, hear);
      const how = await Promise.race([child.ended, aborted(signal)]);
      if (how === undefined) return child.stop(graceMs);
      if (isUp && how === 'ended with exit code 0') return show(`${name} has ended, as it was asked to.`);
      if (!isUp) return reject(new Error(`${name} ${how} before it was ready; the lines above say why.`));
      if (performance.now() - startedAt > STEADY_MS) pause = FIRST_PAUSE_MS;
      show(`${name} ${how}. It is started again in ${pause / 1000} s.`);
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
  };
  const ended = keep().finally(() => reject(new Error(`${job.name} was stopped before it was ready.`)));
  return { listening, ended };
}

function aborted(signal: AbortSignal): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  if (signal.aborted) resolve(undefined);
  else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  return promise;
}
