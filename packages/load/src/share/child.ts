import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Launch, ProgramExit } from '@marteau/launch';
import type { ChildJob } from '../child/job.ts';
import { MAIN_NURSERY } from '../child/nurseries.ts';
import { withoutLoaders } from './loader-variables.ts';
import { createMessageReader } from './message-reader.ts';
import type { ChildMessage, ParentMessage } from './messages.ts';

/** Characters in a second: whoever says more would have us do nothing but listen. */
const MOST_A_SECOND = 16 * 1024 * 1024;

export interface ChildOptions {
  readonly job: ChildJob;
  /** What the child's messages have to carry. */
  readonly token: string;
  readonly cwd: string;
  readonly launch: Launch;
  readonly signal: AbortSignal;
  readonly receive: (message: ChildMessage) => void;
}

export interface Child {
  readonly stdout: Readable;
  readonly stderr: Readable;
  send(message: ParentMessage): void;
  /** Resolves with how it ended, when nothing of it is left and all its messages are read. */
  readonly exited: Promise<ProgramExit>;
}

const entry = fileURLToPath(new URL('../child/main.ts', import.meta.url));

/** Starts the child with the environment of the job alone, and reads its messages; one that cannot be taken ends it. */
export async function launchChild({
  job,
  token,
  cwd,
  launch,
  signal,
  receive,
}: ChildOptions): Promise<Child> {
  const broken = new AbortController();
  const program = await launch({
    file: process.execPath,
    args: [MAIN_NURSERY, entry],
    cwd,
    env: withoutLoaders(job.env),
    signal: AbortSignal.any([signal, broken.signal]),
    extraPipes: 1,
  });
  const { stdout, stderr, pipes } = program;
  const pipe = pipes[0]!;
  const readMessages = createMessageReader(token, receive);
  const read = readText(pipe, (text) => {
    try {
      readMessages(text);
    } catch (error) {
      broken.abort(error);
    }
  });
  const send = (message: ParentMessage) => pipe.write(`${JSON.stringify(message)}\n`);
  send({ type: 'job', token, job });
  const exited = program.exited.then(async (exit) => {
    await read;
    if (!broken.signal.aborted) return exit;
    return { ...exit, sentence: `a message of it could not be taken: ${broken.signal.reason}` };
  });
  return { stdout, stderr, send, exited };
}

/** Calls back with what the stream says; what comes too fast waits. Resolves when the stream is over. */
function readText(stream: Readable, hear: (text: string) => void): Promise<void> {
  let read = 0;
  let since = performance.now();
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    if (performance.now() - since >= 1000) [since, read] = [performance.now(), 0];
    read += text.length;
    if (read > MOST_A_SECOND) {
      stream.pause();
      setTimeout(() => stream.resume(), since + 1000 - performance.now()).unref();
    }
    hear(text);
  });
  return new Promise((resolve) => {
    stream.once('close', resolve);
    stream.once('error', () => resolve());
  });
}
