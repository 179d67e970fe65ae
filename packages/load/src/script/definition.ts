import type { Label } from '../count/labels.ts';

/** A test's or hook's function; with a second parameter it is told by a callback when it is done, as node:test has it. */
export type TestFunction = (context: unknown, done?: (error?: unknown) => void) => unknown;

export interface TestOptions {
  readonly name?: string;
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  readonly skip?: boolean | string;
  readonly todo?: boolean | string;
  readonly only?: boolean;
  readonly plan?: number;
  readonly tags?: readonly string[];
  readonly expectFailure?: unknown;
  readonly concurrency?: number | boolean | null;
  /** How much of the load the test gets beside the others; see `weight` of the extras. */
  readonly weight?: number;
}

export interface Hook {
  readonly fn: TestFunction;
  readonly timeout: number | undefined;
}

export const hookNames = ['before', 'after', 'beforeEach', 'afterEach'] as const;
export type HookName = (typeof hookNames)[number];
export type Hooks = Record<HookName, Hook[]>;

export const newHooks = (): Hooks => ({ before: [], after: [], beforeEach: [], afterEach: [] });

/** A `describe`, or the file itself (without parent and name). */
export class Suite {
  readonly name: string;
  readonly parent: Suite | null;
  readonly options: TestOptions;
  readonly hooks = newHooks();
  /** In the order of the file. */
  readonly children: (Suite | Test)[] = [];
  /** Of the file's own suite: async `describe` functions that are not through. */
  readonly reading: Promise<void>[] = [];

  constructor(name: string, parent: Suite | null, options: TestOptions = {}) {
    this.name = name;
    this.parent = parent;
    this.options = options;
  }

  get fullName(): string {
    return fullNameOf(this.parent, this.name);
  }
}

/** A `test` or `it` of the file: what a user runs again and again. */
export class Test {
  readonly name: string;
  readonly fullName: string;
  readonly suite: Suite;
  readonly fn: TestFunction | null;
  readonly options: TestOptions;
  /** Where the script calls `test`, as an error's stack says it. */
  readonly place: string;
  /** Whether its failures do not count: it or a suite around it says `todo`. */
  readonly todo: boolean;
  /** Of the test and the suites around it. */
  readonly tags: readonly string[];
  readonly expectFailure: unknown;
  /** What its iterations are counted under. */
  label: Label | null = null;
  /** The each-hooks around it: before from the outermost on, after from the innermost. */
  #around: Pick<Hooks, 'beforeEach' | 'afterEach'> | null = null;

  constructor(name: string, suite: Suite, fn: TestFunction | null, options: TestOptions, place: string) {
    this.name = name;
    this.suite = suite;
    this.fullName = fullNameOf(suite, name);
    this.fn = fn;
    this.options = options;
    this.place = place;
    const around = suitesOf(suite);
    this.todo = Boolean(options.todo) || around.some((each) => each.options.todo);
    this.tags = [...new Set([...around.flatMap((each) => each.options.tags ?? []), ...(options.tags ?? [])])];
    this.expectFailure =
      options.expectFailure || around.findLast((each) => each.options.expectFailure)?.options.expectFailure;
  }

  /** The hooks that run before and after each iteration. */
  get around(): Pick<Hooks, 'beforeEach' | 'afterEach'> {
    this.#around ??= {
      beforeEach: suitesOf(this.suite).flatMap(({ hooks }) => hooks.beforeEach),
      afterEach: suitesOf(this.suite)
        .reverse()
        .flatMap(({ hooks }) => hooks.afterEach),
    };
    return this.#around;
  }

  /** Why it is not run: it or a suite around it says `skip`, or it has no function. */
  get skipped(): boolean {
    return !this.fn || Boolean(this.options.skip) || suitesOf(this.suite).some(({ options }) => options.skip);
  }
}

/** All tests below a suite, in the order of the file. */
export function testsOf(suite: Suite): Test[] {
  return suite.children.flatMap((child) => (child instanceof Test ? [child] : testsOf(child)));
}

/** A suite and those around it, the outermost first. */
export function suitesOf(suite: Suite | null): Suite[] {
  return suite ? [...suitesOf(suite.parent), suite] : [];
}

export function rootOf(suite: Suite): Suite {
  return suite.parent ? rootOf(suite.parent) : suite;
}

export function fullNameOf(parent: { fullName: string } | null, name: string): string {
  return parent?.fullName ? `${parent.fullName} > ${name}` : name;
}
