import type { IncomingHttpHeaders } from 'node:http';
import { Worker } from 'node:worker_threads';
import { type ForgeKind, forgeOf, type ReadEvents } from '@marteau/forge';

/** What is read on this thread, which answers others meanwhile: parsing it takes some milliseconds. */
const SMALL_BYTES = 512 * 1024;
const DEADLINE_MS = 10_000;
const MOST_MEMORY_MB = 512;

export interface Call {
  readonly kind: ForgeKind;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The events in the body of a call whose signature held. A large one is read by a thread that may be ended. */
export function readBody(call: Call): Promise<ReadEvents> {
  return call.body.length <= SMALL_BYTES ? Promise.resolve(readNow(call)) : readByThread(call);
}

/** JSON, or a form with JSON in `payload`, as GitHub sends by default. */
export function readNow({ kind, headers, body }: Call): ReadEvents {
  try {
    const text = body.toString('utf8');
    const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');
    const json = isForm ? (new URLSearchParams(text).get('payload') ?? '') : text;
    return forgeOf(kind).read(headers, JSON.parse(json));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { ignored: 'Its body is no JSON. Set the hook up with the content type application/json.' };
  }
}

function readByThread({ kind, headers, body }: Call): Promise<ReadEvents> {
  const { promise, resolve } = Promise.withResolvers<ReadEvents>();
  const thread = new Worker(new URL('./read-thread.ts', import.meta.url), {
    workerData: { kind, headers, body },
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
  });
  const giveUp = () => resolve({ ignored: 'Its body takes too much to read.' });
  const timer = setTimeout(giveUp, DEADLINE_MS);
  thread.once('message', resolve);
  thread.once('error', giveUp);
  return promise.finally(() => {
    clearTimeout(timer);
    void thread.terminate();
  });
}
