import { Duplex, Readable, type Writable } from 'node:stream';
import type { Exit } from './exit.ts';
import type { Launched, LaunchSpec } from './spec.ts';

/** What `launch` gives for a program that never ran. */
export function notLaunched(spec: LaunchSpec, exit: Exit | Promise<Exit>): Launched {
  const nowhere = (): Duplex => Duplex.from({ readable: Readable.from([]), writable: discard() });
  const exited = Promise.resolve(exit);
  return {
    pid: undefined,
    stdin: spec.stdin === 'pipe' ? discard() : null,
    stdout: Readable.from([]),
    stderr: Readable.from([]),
    pipes: Array.from({ length: spec.extraPipes ?? 0 }, nowhere),
    stop: () => exited,
    exited,
    [Symbol.asyncDispose]: async () => {},
  };
}

function discard(): Writable {
  return new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
}
