import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { getSystemErrorMessage } from 'node:util';
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

export interface Failure {
  /** Of the order. */
  readonly name: string;
  readonly errno: number;
  readonly sentence: string;
}

/** The first call that failed. */
export function failureOf(orders: readonly Order[], answers: readonly string[]): Failure | null {
  const failed = answers.findIndex((answer) => answer.startsWith('-'));
  if (failed < 0) return null;
  const name = orders.filter(isAnswered)[failed]!.split(' ')[1]!;
  const errno = Number(answers[failed]!.split(' ')[1]);
  return { name, errno, sentence: `the kernel refuses “${name}”: ${getSystemErrorMessage(-errno)}` };
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

  /** @throws Error for the first call that fails, with the last word of the verifier where that refused a program */
  async doAll(orders: readonly Order[]): Promise<void> {
    const failure = failureOf(orders, await this.do(orders));
    if (!failure) return;
    const log = `${failure.name}.log`;
    const [hex = ''] = orders.some((order) => order.startsWith(`set ${log} `))
      ? await this.do([get(log)])
      : [];
    const lines = Buffer.from(hex, 'hex').toString('latin1').replaceAll('\0', '').trim().split('\n');
    const said = lines.findLast((line) => !/^(verification time|stack depth|processed) /.test(line));
    throw new Error(said ? `${failure.sentence} (${said})` : failure.sentence);
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
  return !order.startsWith('set ');
}

function linesOf(orders: readonly Order[]): string {
  return orders.map((order) => `${order}\n`).join('');
}
