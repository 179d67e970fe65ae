import type { Agent } from '../fetch/agent.ts';
import { AssertionPlan } from './assertion-plan.ts';
import { call } from './call.ts';
import { TestContext } from './context.ts';
import {
  fullNameOf,
  type Hook,
  type Hooks,
  newHooks,
  type TestFunction,
  type TestOptions,
} from './definition.ts';
import { checkExpected, readExpectFailure } from './expected-failure.ts';
import { type Scope, scopes } from './scope.ts';
import type { Thought } from './thought.ts';

// Above 250 lines: node:test has one object for a test, its context and its subtests, and so has this.

/** Is told of what goes on inside an iteration. */
export interface IterationObserver {
  stepBegun(step: Iteration): void;
  stepEnded(step: Iteration): void;
  /** The script's words for a person. */
  diagnostic(message: string): void;
}

/** What an iteration is of: a test of the file, or a subtest. */
export interface IterationOf {
  readonly name: string;
  readonly fullName: string;
  readonly fn: TestFunction | null;
  readonly options: TestOptions;
  readonly todo: boolean;
  readonly tags: readonly string[];
  /** As in the options, or those of what is around it. */
  readonly expectFailure: unknown;
  readonly around: Pick<Hooks, 'beforeEach' | 'afterEach'>;
}

/** Thrown for a test of which only a subtest failed: that one has been told of already. */
export class SubtestsFailed extends Error {
  override readonly name = 'SubtestsFailed';
}

function subtestsFailed(count: number): SubtestsFailed {
  return new SubtestsFailed(`${count} subtest${count > 1 ? 's' : ''} failed`);
}

/** One pass through a test (an iteration) or a subtest (a step of it). */
export class Iteration implements Scope {
  readonly name: string;
  readonly fullName: string;
  readonly parent: Iteration | null;
  readonly agent: Agent;
  readonly suite = null;
  readonly running = this;
  readonly observer: IterationObserver;
  /** Hooks that the test set up for its subtests by `t.beforeEach` and the like. */
  hooks: Hooks | null = null;
  /** Moment of its begin, ms; set by whoever measures it. */
  begun = 0;
  /** Think time in it, which whoever measures it keeps. */
  thought: Thought | null = null;
  failure: unknown;
  failed = false;
  skipped: boolean;
  todo: boolean;
  plan: AssertionPlan | null;
  /** What its function is called with, once it runs. */
  context: TestContext | null = null;
  readonly #of: IterationOf;
  /** Its function, or a hook before it, threw. */
  #threw = false;
  #controller: AbortController | null = null;
  #steps: Promise<unknown> | null = null;
  #failedSteps = 0;
  #over = false;

  constructor(of: IterationOf, parent: Iteration | null, agent: Agent, observer: IterationObserver) {
    const { name, fullName, options, todo } = of;
    this.name = name;
    this.fullName = fullName;
    this.parent = parent;
    this.agent = agent;
    this.observer = observer;
    this.skipped = Boolean(options.skip);
    this.todo = todo;
    this.plan = options.plan === undefined ? null : new AssertionPlan(options.plan);
    this.#of = of;
    options.signal?.addEventListener('abort', () => this.abort(options.signal?.reason), { once: true });
  }

  get tags(): readonly string[] {
    return this.#of.tags;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  /**
   * Something that it began threw where nobody catches it: it has failed.
   * @returns false when it is over already
   */
  interrupt(error: unknown): boolean {
    if (this.#over) return false;
    this.#fail(error);
    return true;
  }

  abort(reason?: unknown): void {
    this.#controller?.abort(reason);
  }

  /** Runs hooks and function to their end; what they threw is in `failure`. Never rejects. */
  async run(): Promise<void> {
    try {
      await this.begin();
    } catch (error) {
      this.threw(error);
    }
    const rest = this.end();
    if (rest) await rest;
  }

  /** Calls the hooks before its function and that; gives, or throws, what `threw` or `end` has to be called after. */
  begin(): unknown {
    const context = new TestContext(this);
    this.context = context;
    const { around, fn, options } = this.#of;
    return around.beforeEach.length > 0
      ? this.#runHooks([...around.beforeEach, { fn: fn!, timeout: options.timeout }], context)
      : this.#call(fn!, context, options.timeout);
  }

  /** Its function, or a hook before it, threw. */
  threw(error: unknown): void {
    this.#threw = true;
    this.#fail(error);
  }

  /** Does what follows its function; null when nothing has to be waited for: most tests have no hooks, steps or plan. */
  end(): Promise<void> | null {
    const { around, expectFailure } = this.#of;
    if (this.#steps || this.plan || this.hooks || around.afterEach.length > 0 || expectFailure)
      return this.#endInTurn();
    this.#close();
    return null;
  }

  /** A subtest; those of one test run one after the other. */
  step(name: string, options: TestOptions, fn: TestFunction | null): Promise<void> {
    this.plan?.count();
    if (this.#over)
      return Promise.reject(new Error(`the test '${this.fullName}' is over: await its subtests`));
    if (!fn || options.skip) return Promise.resolve();
    const run = () => this.#runStep(name, options, fn);
    const ran = this.#steps ? this.#steps.then(run) : run();
    this.#steps = ran;
    return ran;
  }

  /** `before` of a test that runs already has only now to be before. */
  addHook(kind: keyof Hooks, hook: Hook): void {
    if (kind === 'before') this.#runBefore(hook);
    this.hooks ??= newHooks();
    this.hooks[kind].push(hook);
  }

  async #runStep(name: string, options: TestOptions, fn: TestFunction): Promise<void> {
    const { agent, observer, hooks } = this;
    const { beforeEach, afterEach } = this.#of.around;
    const around = {
      beforeEach: [...beforeEach, ...(hooks?.beforeEach ?? [])],
      afterEach: [...(hooks?.afterEach ?? []), ...afterEach],
    };
    const todo = Boolean(options.todo);
    const tags = [...new Set([...this.tags, ...(options.tags ?? [])])];
    const expectFailure = options.expectFailure || this.#of.expectFailure;
    const of = { name, fullName: fullNameOf(this, name), fn, options, todo, tags, expectFailure, around };
    const step = new Iteration(of, this, agent, observer);
    observer.stepBegun(step);
    await step.run();
    if (step.failed && !step.todo) this.#failedSteps += 1;
    observer.stepEnded(step);
  }

  /** A step is a scope of its own; an iteration's is its user's, which costs nothing to enter. */
  #call(fn: TestFunction, context: TestContext, timeout: number | undefined): unknown {
    return this.parent ? scopes.run(this, call, fn, context, timeout) : call(fn, context, timeout);
  }

  async #runBefore({ fn, timeout }: Hook): Promise<void> {
    try {
      await this.#call(fn, new TestContext(this), timeout);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #runHooks(hooks: readonly Hook[], context: TestContext): Promise<void> {
    for (const { fn, timeout } of hooks) await this.#call(fn, context, timeout);
  }

  async #tryHooks(hooks: readonly Hook[], context: TestContext): Promise<void> {
    try {
      await this.#runHooks(hooks, context);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #endInTurn(): Promise<void> {
    const { around, expectFailure } = this.#of;
    try {
      if (!this.#threw) await this.#endParts();
    } catch (error) {
      this.#fail(error);
    }
    if (expectFailure) this.#turnRound(expectFailure);
    await this.#tryHooks(around.afterEach, this.context!);
    await this.#tryHooks(this.hooks?.after ?? [], this.context!);
    this.#close();
  }

  async #endParts(): Promise<void> {
    await this.#steps;
    await this.plan?.check();
    if (this.#failedSteps > 0) throw subtestsFailed(this.#failedSteps);
  }

  #close(): void {
    this.#over = true;
    if (process.exitCode) this.#takeExitCode();
    // One that was skipped after it had begun has neither passed nor failed.
    if (this.skipped) this.failed = false;
    this.#controller?.abort();
  }

  /** What a process would end with fails the test that has set it, and nothing that follows. */
  #takeExitCode(): void {
    this.#fail(new Error(`process.exitCode was set to ${process.exitCode}`));
    process.exitCode = undefined;
  }

  #fail(error: unknown): void {
    if (this.failed) return;
    this.failed = true;
    this.failure = error;
  }

  /** It was to fail: then it has passed when it did. */
  #turnRound(expectFailure: unknown): void {
    if (this.skipped) return;
    try {
      const expected = readExpectFailure(expectFailure);
      if (!expected) return;
      if (!this.failed) throw new Error('test was expected to fail but passed');
      checkExpected(expected, this.failure);
      this.failed = false;
    } catch (error) {
      this.failed = true;
      this.failure = error;
    }
  }
}
