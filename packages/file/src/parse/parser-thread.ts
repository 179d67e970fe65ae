import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ParsedFile } from './parse.ts';

const memoryLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 32 };

/** Why a thread gave no answer. */
export type NoAnswer = 'too late' | 'out of memory';

/**
 * A thread that parses files one after the other. It is started when first needed, kept (a start costs 150 ms), and
 * ended when a file takes too long; the next file gets a new one. While it idles it keeps no process alive.
 */
export class ParserThread {
  #worker: Worker | null = null;
  #last: Promise<unknown> = Promise.resolve();

  parse(input: string | Uint8Array, deadlineMs: number): Promise<ParsedFile | NoAnswer> {
    const result = this.#last.then(() => this.#ask(input, deadlineMs));
    this.#last = result.catch(() => {});
    return result;
  }

  async #ask(input: string | Uint8Array, deadlineMs: number): Promise<ParsedFile | NoAnswer> {
    const worker = this.#worker ?? (await this.#start());
    worker.ref();
    worker.postMessage(input);
    const deadline = AbortSignal.timeout(deadlineMs);
    const asked = performance.now();
    try {
      const [answer] = await once(worker, 'message', { signal: deadline });
      // On a busy machine an answer can overtake the timer that it should have lost to.
      return performance.now() - asked > deadlineMs ? 'too late' : (answer as ParsedFile);
    } catch (error) {
      this.#worker = null;
      await worker.terminate();
      if (deadline.aborted) return 'too late';
      if (hasCode(error, 'ERR_WORKER_OUT_OF_MEMORY')) return 'out of memory';
      throw error;
    } finally {
      worker.unref();
    }
  }

  async #start(): Promise<Worker> {
    const worker = new Worker(new URL('./parse-worker.ts', import.meta.url), {
      name: 'parse .marteau.yml',
      env: {},
      execArgv: [],
      resourceLimits: memoryLimits,
    });
    await once(worker, 'message');
    worker.once('exit', () => {
      if (this.#worker === worker) this.#worker = null;
    });
    // While a file is parsed, `ask` hears of an error; an idle thread that dies is simply not used again.
    worker.on('error', () => {});
    this.#worker = worker;
    return worker;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
