import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DEFAULT_PATH } from '../../find-program.ts';

/** A line for kernel.pl, which says what there is. */
export type Order = string;

const NUMBERS = {
  x64: { write: 1, close: 3, socket: 41, connect: 42, openat: 257, bpf: 321 },
  arm64: { write: 64, close: 57, socket: 198, connect: 203, openat: 56, bpf: 280 },
};

/** The numbers of system calls; undefined on machines for which they are not known here. */
export const systemCalls =
  process.platform === 'linux' ? NUMBERS[process.arch as keyof typeof NUMBERS] : undefined;

/** @param links what belongs where in the bytes: the address of what was set, or what a call has answered */
export function set(name: string, bytes: Buffer, links: Readonly<Record<number, string>> = {}): Order {
  const places = Object.entries(links).map(([offset, other]) => `${offset}:${other}`);
  return ['set', name, bytes.toString('hex'), ...places].join(' ');
}

/** Bytes for the kernel to write into. */
export function room(name: string, length: number): Order {
  return `room ${name} ${length}`;
}

export function call(
  name: string,
  what: keyof (typeof NUMBERS)['x64'],
  ...words: (number | string)[]
): Order {
  return ['call', name, systemCalls![what], ...words].join(' ');
}

export function get(name: string): Order {
  return `get ${name}`;
}

/** The first call that failed: the name of the order, and the number of the error. */
export function failureOf(orders: readonly Order[], answers: readonly string[]) {
  const names = orders.filter(isAnswered).map((order) => order.split(' ')[1]!);
  const failed = answers.findIndex((answer) => answer.startsWith('-'));
  return failed < 0 ? null : { name: names[failed]!, errno: Number(answers[failed]!.split(' ')[1]) };
}

const PERL = ['perl', [join(import.meta.dirname, 'kernel.pl')]] as const;
const env = { PATH: DEFAULT_PATH, LC_ALL: 'C' };

/** Does all of it in a process that is gone afterwards. @throws Error where there is no perl */
export function doAtOnce(orders: readonly Order[]): string[] {
  const { error, stdout } = spawnSync(...PERL, { env, input: linesOf(orders), encoding: 'utf8' });
  if (error) throw error;
  return stdout.split('\n').slice(0, -1);
}

/** A process that does system calls for us, and keeps open what they open until it is closed or we die. */
export class Hands implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #asked: PromiseWithResolvers<string>[] = [];
  #end: Error | undefined;

  constructor() {
    // In a session of its own: the terminal's Ctrl-C is ours to handle.
    this.#child = spawn(...PERL, { env, stdio: ['pipe', 'pipe', 'inherit'], detached: true });
    createInterface(this.#child.stdout!).on('line', (line) => this.#asked.shift()?.resolve(line));
    this.#child.stdin!.on('error', () => {}); // told by its end
    this.#child.on('error', (error) => this.#fail(error));
    this.#child.on('close', () =>
      this.#fail(new Error('perl, which speaks to the kernel for us, has ended')),
    );
  }

  /** What the calls and looks among the orders have answered. @throws Error when the process is gone */
  do(orders: readonly Order[]): Promise<string[]> {
    if (this.#end) return Promise.reject(this.#end);
    const asked = orders.filter(isAnswered).map(() => Promise.withResolvers<string>());
    this.#asked.push(...asked);
    this.#child.stdin!.write(linesOf(orders));
    return Promise.all(asked.map(({ promise }) => promise));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#end) return;
    this.#child.stdin!.end();
    await once(this.#child, 'close');
  }

  #fail(error: Error): void {
    this.#end ??= error;
    for (const { reject } of this.#asked.splice(0)) reject(this.#end);
  }
}

function isAnswered(order: Order): boolean {
  return /^(call|get) /.test(order);
}

function linesOf(orders: readonly Order[]): string {
  return orders.map((order) => `${order}\n`).join('');
}
