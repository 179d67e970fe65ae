import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Behaviour } from './behaviour.ts';

export interface KnownTarget extends AsyncDisposable {
  readonly url: string;
  /** @param begin of the load, ms since 1970 */
  behave(behaviour: Behaviour, begin: number): void;
  /** When each request since then reached it, ms of the load. */
  arrivals(): Promise<number[]>;
}

/** With real-time priority: the target keeps its schedule, whatever else wants the processor. */
const [prompt, ...priority] = ['chrt', '-r', '20'] as const;

/** Starts the target of known behaviour, with priority where the system allows it. */
export async function startKnownTarget(): Promise<KnownTarget> {
  const isAllowed = spawnSync(prompt, [...priority, 'true']).status === 0;
  const child = fork(join(import.meta.dirname, 'serve.ts'), {
    serialization: 'advanced',
    ...(isAllowed ? { execPath: prompt, execArgv: [...priority, process.execPath] } : {}),
  });
  const [{ port }] = (await once(child, 'message')) as [AddressInfo];
  return {
    url: `http://127.0.0.1:${port}`,
    behave: (behaviour, begin) => {
      child.send({ behaviour, begin });
    },
    async arrivals() {
      child.send('arrivals');
      const [arrivals] = (await once(child, 'message')) as [number[]];
      return arrivals;
    },
    async [Symbol.asyncDispose]() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
