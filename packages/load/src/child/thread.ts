import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { FromThread, ThreadJob, ToThread } from '../thread/messages.ts';
import type { ChildJob } from './job.ts';

/** What the child process does about its threads. */
export interface ThreadEvents {
  message(thread: Thread, message: FromThread): void;
  /** It ended, although nobody asked it to. */
  ended(thread: Thread, how: { readonly error: NodeJS.ErrnoException } | { readonly exitCode: number }): void;
}

const entry = new URL('../thread/main.ts', import.meta.url);

/** One worker thread, seen from the child process's main thread. */
export class Thread {
  /** Moment of its last message, ms of performance.now(). */
  heard = performance.now();
  loaded = false;
  finished = false;
  /** The run's clock runs: it reports every second. */
  running = false;
  readonly worker: Worker;
  readonly #port: MessagePort;

  constructor(
    job: Omit<ThreadJob, 'port'>,
    { env, heapMb }: Pick<ChildJob, 'env' | 'heapMb'>,
    events: ThreadEvents,
  ) {
    const { port1, port2 } = new MessageChannel();
    // A thread takes it for its own options.
    const { NODE_OPTIONS: _, ...own } = env;
    this.#port = port1;
    this.worker = new Worker(entry, {
      workerData: { job: { ...job, port: port2 } },
      transferList: [port2],
      env: own,
      argv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
    });
    const hear = (message: FromThread): void => {
      this.heard = performance.now();
      events.message(this, message);
    };
    port1.on('message', hear);
    this.worker.on('error', (error: NodeJS.ErrnoException) => {
      this.finished = true;
      events.ended(this, { error });
    });
    this.worker.on('exit', (exitCode) => {
      // Its last words may still lie in the port: a thread with nothing left to do is gone before they are read.
      for (let last = receiveMessageOnPort(port1); last; last = receiveMessageOnPort(port1))
        hear(last.message);
      if (!this.finished) events.ended(this, { exitCode });
    });
  }

  send(message: ToThread): void {
    if (message.type === 'zero') {
      this.running = true;
      this.heard = performance.now() + Math.max(0, Number(message.at - process.hrtime.bigint()) / 1e6);
    }
    this.#port.postMessage(message);
  }
}
