import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { isMarteauError } from '@marteau/shared';
import type { Launch } from './launcher.ts';

/**
 * A program of ours that works beside a run, in a process of its own, so that it takes no time from whoever started it.
 * The two speak in lines of JSON: it reads one order and says that it has begun or why not; then it tells events as they
 * come, and answers every further line. It ends with its stdin: with whoever started it, however that one ends.
 */
export interface SideProcess<Begun, Answer> extends AsyncDisposable {
  readonly begun: Begun;
  /** Its answer as of now; undefined when the process is gone. */
  ask(): Promise<Answer | undefined>;
}

export interface SideProcessOptions<Order, Event> {
  /** As a sentence begins with it, in the plural: "The chaos proxies". */
  readonly what: string;
  /** The file that calls `serveSideProcess`. */
  readonly entry: string;
  readonly order: Order;
  readonly launch: Launch;
  readonly signal: AbortSignal;
  readonly onEvent?: (event: Event) => void;
  /** It died although nobody stopped it. */
  readonly onDeath: (sentence: string) => void;
}

/** What one works at, once it has begun. */
export interface SideWork<Begun, Answer> extends AsyncDisposable {
  readonly begun: Begun;
  answer(): Answer;
}

type Line<Begun, Event, Answer> =
  | { readonly begun: Begun }
  | { readonly failed: string }
  | { readonly event: Event }
  | { readonly answer: Answer };

/** @throws Failed, with the sentence, when it cannot begin; the signal's reason when that aborts */
export async function startSideProcess<Order, Begun, Event, Answer>(
  { what, entry, order, launch, signal, onEvent, onDeath }: SideProcessOptions<Order, Event>,
  Failed: (sentence: string) => Error,
): Promise<SideProcess<Begun, Answer>> {
  const over = new AbortController();
  const program = await launch({
    file: process.execPath,
    args: [entry],
    cwd: import.meta.dirname,
    env: { PATH: process.env.PATH ?? '' },
    signal: AbortSignal.any([signal, over.signal]),
    stdin: 'pipe',
    extraPipes: 0,
  });
  const complaints = lastLine(program.stderr);
  const first = Promise.withResolvers<{ begun: Begun } | { failed: string }>();
  const asked: ((answer: Answer) => void)[] = [];
  createInterface({ input: program.stdout }).on('line', (text) => {
    try {
      const line = JSON.parse(text) as Line<Begun, Event, Answer>;
      if ('event' in line) onEvent?.(line.event);
      else if ('answer' in line) asked.shift()?.(line.answer);
      else first.resolve(line);
    } catch (error) {
      over.abort(error); // it works with the bytes of strangers: what it says of them ends it, and nothing else
    }
  });
  program.stdin?.on('error', () => {}); // told by its exit
  program.stdin?.write(`${JSON.stringify(order)}\n`);

  let isStopped = false;
  void program.exited.then(async ({ sentence }) => {
    const said = await complaints;
    first.resolve({
      failed: `${what} could not be started: ${sentence}${said ? ` and said “${said}”` : ''}.`,
    });
    if (!isStopped && !signal.aborted) onDeath(`${what} ended in the middle of the run: ${sentence}.`);
  });
  const stop = async (): Promise<void> => {
    isStopped = true;
    program.stdin?.end();
    await program.stop({ graceMs: 1000 });
    over.abort();
  };

  const outcome = await first.promise;
  if ('failed' in outcome) isStopped = true;
  signal.throwIfAborted();
  if ('failed' in outcome) {
    await stop();
    throw Failed(outcome.failed);
  }
  return {
    begun: outcome.begun,
    ask() {
      const answer = Promise.withResolvers<Answer>();
      asked.push(answer.resolve);
      program.stdin?.write('\n');
      return Promise.race([answer.promise, program.exited.then(() => undefined)]);
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** The other end, in the process itself: starts what the order asks for, and ends with stdin. */
export async function serveSideProcess<Order, Begun, Event, Answer>(
  start: (order: Order, tell: (event: Event) => void) => Promise<SideWork<Begun, Answer>>,
): Promise<never> {
  const say = (line: Line<Begun, Event, Answer>) => void process.stdout.write(`${JSON.stringify(line)}\n`);
  const lines = createInterface({ input: process.stdin });
  const [order] = await once(lines, 'line');
  try {
    await using work = await start(JSON.parse(order) as Order, (event) => say({ event }));
    say({ begun: work.begun });
    lines.on('line', () => say({ answer: work.answer() }));
    await once(lines, 'close');
  } catch (error) {
    say({ failed: isMarteauError(error) ? error.message : String((error as Error).stack) });
  }
  process.exit();
}

/** Of all that a program complains of, the last line; empty when there is none. */
async function lastLine(stream: AsyncIterable<Buffer | string>): Promise<string> {
  let text = '';
  try {
    for await (const chunk of stream) text = (text + String(chunk)).slice(-4096);
  } catch {} // it was ended from outside
  return text.trim().split('\n').at(-1) ?? '';
}
