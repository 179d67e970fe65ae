import type { Agent } from '../fetch/agent.ts';
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
import { type Scope, scopes } from './scope.ts';

/** Is told of what goes on inside an iteration. */
export interface PassageObserver {
  stepBegun(passage: Passage): void;
  stepEnded(passage: Passage): void;
  /** The script's words for a person. */
  diagnostic(message: string): void;
}

/** What a passage is of, and what stands around it. */
export interface PassageOptions {
  readonly name: string;
  readonly fn: TestFunction;
  readonly options: TestOptions;
  readonly around: Pick<Hooks, 'beforeEach' | 'afterEach'>;
  readonly agent: Agent;
  readonly observer: PassageObserver;
}

/** Thrown for a test of which only a subtest failed: that one has been told of already. */
export class SubtestsFailed extends Error {
  override readonly name = 'SubtestsFailed';
}

/** One pass through a test (an iteration) or a subtest (a step of it). */
export class Passage implements Scope {
  readonly name: string;
  readonly fullName: string;
  readonly parent: Passage | null;
  readonly agent: Agent;
  readonly suite = null;
  readonly passage = this;
  readonly observer: PassageObserver;
  /** Hooks that the test set up for its subtests by `t.beforeEach` and the like. */
  hooks: Hooks | null = null;
  /** Moment of its begin, ms; set by whoever measures it. */
  begun = 0;
  failure: unknown;
  failed = false;
  skipped: boolean;
  todo: boolean;
  /** How many assertions and subtests it planned, and has had. */
  planned: number | null;
  counted = 0;
  readonly #fn: TestFunction;
  readonly #timeout: number | undefined;
  readonly #around: PassageOptions['around'];
  #controller: AbortController | null = null;
  #steps: Promise<unknown> | null = null;
  #failedSteps = 0;
  #over = false;

  constructor(
    { name, fn, options, around, agent, observer }: PassageOptions,
    parent: Passage | null,
    fullName: string,
  ) {
    this.name = name;
    this.fullName = fullName;
    this.parent = parent;
    this.agent = agent;
    this.observer = observer;
    this.skipped = Boolean(options.skip);
    this.todo = Boolean(options.todo);
    this.planned = options.plan ?? null;
    this.#fn = fn;
    this.#timeout = options.timeout;
    this.#around = around;
    options.signal?.addEventListener('abort', () => this.abort(options.signal?.reason), { once: true });
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

  /**
   * Runs hooks and function to their end; what they threw is in `failure`. Never rejects. What need not be waited for
   * is not: most tests have no hooks, no steps and no plan.
   */
  async run(): Promise<void> {
    const context = new TestContext(this);
    try {
      if (this.#around.beforeEach.length > 0) await this.#runHooks(this.#around.beforeEach, context);
      await scopes.run(this, call, this.#fn, context, this.#timeout);
      if (this.#steps) await this.#steps;
      if (this.planned !== null) this.#checkPlan(this.planned);
      if (this.#failedSteps > 0)
        throw new SubtestsFailed(`${this.#failedSteps} subtest${this.#failedSteps > 1 ? 's' : ''} failed`);
    } catch (error) {
      this.#fail(error);
    }
    const { hooks } = this;
    if (this.#around.afterEach.length > 0) await this.#tryHooks(this.#around.afterEach, context);
    if (hooks && hooks.after.length > 0) await this.#tryHooks(hooks.after, context);
    this.#over = true;
    this.#controller?.abort();
  }

  /** A subtest; those of one test run one after the other. */
  step(name: string, options: TestOptions, fn: TestFunction | null): Promise<void> {
    this.counted += 1;
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
    const around = {
      beforeEach: [...this.#around.beforeEach, ...(hooks?.beforeEach ?? [])],
      afterEach: [...(hooks?.afterEach ?? []), ...this.#around.afterEach],
    };
    const step = new Passage({ name, fn, options, around, agent, observer }, this, fullNameOf(this, name));
    observer.stepBegun(step);
    await step.run();
    if (step.failed && !step.todo) this.#failedSteps += 1;
    observer.stepEnded(step);
  }

  async #runBefore({ fn, timeout }: Hook): Promise<void> {
    try {
      await scopes.run(this, call, fn, new TestContext(this), timeout);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #runHooks(hooks: readonly Hook[], context: TestContext): Promise<void> {
    for (const { fn, timeout } of hooks) await scopes.run(this, call, fn, context, timeout);
  }

  async #tryHooks(hooks: readonly Hook[], context: TestContext): Promise<void> {
    try {
      await this.#runHooks(hooks, context);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.failed) return;
    this.failed = true;
    this.failure = error;
  }

  #checkPlan(planned: number): void {
    if (this.counted === planned) return;
    throw new Error(`plan expected ${planned} assertions but received ${this.counted}`);
  }
}
