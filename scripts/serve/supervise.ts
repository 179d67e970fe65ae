import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, startChild } from './child.ts';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** Who has run for so long starts again with the first pause. */
const STEADY_MS = 60_000;
/** What a process ends with when its environment is wrong: starting it again would change nothing. */
export const WRONG_ENVIRONMENT = 78;

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

/**
 * Keeps a process running until the signal: one that died is started again, after a pause that doubles. Resolves once
 * it has been stopped.
 * @throws when it says that its environment is wrong
 */
export async function supervise({ name, script, env, show, signal, graceMs }: Job): Promise<void> {
  for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const startedAt = performance.now();
    const child = startChild(script, env, show);
    const end = await Promise.race([child.ended, aborted(signal)]);
    if (!end) return stop(child, graceMs);
    if (end.code === WRONG_ENVIRONMENT) throw new Error(`${name} could not start; the lines above say why.`);
    if (performance.now() - startedAt > STEADY_MS) pause = FIRST_PAUSE_MS;
    show(`${name} ${end.how}. It is started again in ${pause / 1000} s.`);
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
}

function stop(child: Child, graceMs: number): Promise<void> {
  return child.stop(graceMs);
}

function aborted(signal: AbortSignal): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  if (signal.aborted) resolve(undefined);
  else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  return promise;
}
