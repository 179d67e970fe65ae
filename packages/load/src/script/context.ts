import assert from 'node:assert';
import { readArguments } from './arguments.ts';
import { AssertionPlan } from './assertion-plan.ts';
import type { HookName, TestFunction } from './definition.ts';
import type { Iteration } from './iteration.ts';

interface HookOptions {
  readonly timeout?: number;
}

interface WaitOptions {
  readonly interval?: number;
  readonly timeout?: number;
}

const notUnderLoad = (what: string, instead: string) => () => {
  throw new Error(`${what} does not work under load: ${instead}`);
};

/** The `t` that a test is called with: node:test's TestContext, as far as it has a meaning under load. */
export class TestContext {
  readonly #iteration: Iteration;
  #assert: Record<string, unknown> | null = null;

  constructor(iteration: Iteration) {
    this.#iteration = iteration;
  }

  get name(): string {
    return this.#iteration.name;
  }

  get fullName(): string {
    return this.#iteration.fullName;
  }

  get filePath(): string | undefined {
    return process.argv[1];
  }

  get signal(): AbortSignal {
    return this.#iteration.signal;
  }

  get passed(): boolean {
    return !this.#iteration.failed;
  }

  get error(): unknown {
    return this.#iteration.failure ?? null;
  }

  get attempt(): number {
    return 0;
  }

  /** The functions of node:assert; each call counts for `plan`. */
  get assert(): Record<string, unknown> {
    this.#assert ??= countedAsserts(this.#iteration);
    return this.#assert;
  }

  get mock(): never {
    return notUnderLoad(
      't.mock',
      'what is replaced would be replaced for all users. Keep such tests in a file of their own.',
    )();
  }

  get tags(): readonly string[] {
    return this.#iteration.tags;
  }

  /** Of the process that runs the file, as one that runs alone has it. */
  get workerId(): number {
    return 1;
  }

  diagnostic(message: string): void {
    this.#iteration.observer.diagnostic(String(message));
  }

  log(message: string): void {
    this.diagnostic(message);
  }

  plan(count: number, { wait = false }: { wait?: boolean | number } = {}): void {
    if (this.#iteration.plan) throw new Error('cannot set plan more than once');
    this.#iteration.plan = new AssertionPlan(count, wait);
  }

  skip(): void {
    this.#iteration.skipped = true;
  }

  todo(): void {
    this.#iteration.todo = true;
  }

  runOnly(): void {
    // Means something only with --test-only, which no load has.
  }

  test(...args: unknown[]): Promise<void> {
    const { name, options, fn } = readArguments(args);
    return this.#iteration.step(name, options, fn);
  }

  before(fn: TestFunction, options?: HookOptions): void {
    this.#hook('before', fn, options);
  }

  after(fn: TestFunction, options?: HookOptions): void {
    this.#hook('after', fn, options);
  }

  beforeEach(fn: TestFunction, options?: HookOptions): void {
    this.#hook('beforeEach', fn, options);
  }

  afterEach(fn: TestFunction, options?: HookOptions): void {
    this.#hook('afterEach', fn, options);
  }

  /** Calls `condition` until it does not throw, and resolves with what it returned. */
  async waitFor<T>(
    condition: () => T | Promise<T>,
    { interval = 50, timeout = 1000 }: WaitOptions = {},
  ): Promise<T> {
    const end = performance.now() + timeout;
    for (;;) {
      try {
        return await condition();
      } catch (cause) {
        if (performance.now() + interval > end) throw new Error('waitFor() timed out', { cause });
      }
      await new Promise((resolve) => setTimeout(resolve, interval));
    }
  }

  #hook(name: HookName, fn: TestFunction, options: HookOptions = {}): void {
    this.#iteration.addHook(name, { fn, timeout: options.timeout });
  }
}

function countedAsserts(iteration: Iteration): Record<string, unknown> {
  const counted: Record<string, unknown> = {};
  for (const [name, fn] of Object.entries(assert)) {
    if (typeof fn !== 'function' || name === 'AssertionError' || name === 'strict' || name === 'Assert')
      continue;
    counted[name] = (...args: unknown[]) => {
      iteration.plan?.count();
      return (fn as (...args: unknown[]) => unknown)(...args);
    };
  }
  const compare = 'nothing is written while load runs. Compare with t.assert.deepEqual.';
  counted.snapshot = notUnderLoad('t.assert.snapshot', compare);
  counted.fileSnapshot = notUnderLoad('t.assert.fileSnapshot', compare);
  return counted;
}
