import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Behaviour } from './behaviour.ts';
import { makePrompt, PROMPTEST } from './prompt.ts';

export interface KnownTarget extends AsyncDisposable {
  readonly url: string;
  /** @param begin of the load, ms since 1970; null: with its first request */
  behave(behaviour: Behaviour, begin: number | null): void;
  /** When each request since then reached it, ms of the load. */
  arrivals(): Promise<number[]>;
}

/** A nursery that lasts for a round: the target keeps its schedule, and collects no garbage meanwhile. MB */
const nursery = ['--min-semi-space-size=128', '--max-semi-space-size=128'];

/** Starts the target of known behaviour, before all others where the system allows it. */
export async function startKnownTarget(): Promise<KnownTarget> {
  const child = fork(join(import.meta.dirname, 'serve.ts'), { serialization: 'advanced', execArgv: nursery });
  const [{ port }] = (await once(child, 'message')) as [AddressInfo];
  makePrompt(child.pid!, PROMPTEST, ['MainThread', 'WorkerThread']);
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
