import assert from 'node:assert';
import { readArguments } from './arguments.ts';
import { type HookName, rootOf, Suite, Test, type TestFunction, type TestOptions } from './definition.ts';
import { scopes } from './scope.ts';
import { SuiteContext } from './suite-context.ts';

/**
 * What `import … from 'node:test'` gives a script under load. While the script is being loaded, it collects tests,
 * suites and hooks; while a test runs, `test` makes a subtest, as in Node.
 */

type Declare = (...args: unknown[]) => Promise<void>;
type Declarer = Declare & { skip: Declare; todo: Declare; only: Declare; expectFailure: Declare };

const SHORT_STACK = 4;

function declareTest(more: TestOptions, args: readonly unknown[]): Promise<void> {
  const scope = scopes.getStore();
  const { name, options, fn } = readArguments(args, more);
  if (scope?.running) return scope.running.step(name, options, fn);
  if (scope?.suite) scope.suite.children.push(new Test(name, scope.suite, fn, options, place()));
  return Promise.resolve();
}

function declareSuite(more: TestOptions, args: readonly unknown[]): Promise<void> {
  const scope = scopes.getStore();
  const { name, options, fn } = readArguments(args, more);
  if (scope?.running) return scope.running.step(name, options, fn);
  if (!scope?.suite) return Promise.resolve();
  const suite = new Suite(name, scope.suite, options);
  scope.suite.children.push(suite);
  const context = new SuiteContext(suite, () => undefined);
  const result = fn ? scopes.run({ ...scope, suite }, fn, context) : undefined;
  const done = Promise.resolve(result).then(() => undefined);
  if (result instanceof Promise) rootOf(suite).reading.push(done);
  return done;
}

function declareHook(kind: HookName, fn: TestFunction, options: { timeout?: number } = {}): void {
  const scope = scopes.getStore();
  const hook = { fn, timeout: options.timeout };
  if (scope?.running) scope.running.addHook(kind, hook);
  else scope?.suite?.hooks[kind].push(hook);
}

function declarer(declare: (more: TestOptions, args: readonly unknown[]) => Promise<void>): Declarer {
  return Object.assign((...args: unknown[]) => declare({}, args), {
    skip: (...args: unknown[]) => declare({ skip: true }, args),
    todo: (...args: unknown[]) => declare({ todo: true }, args),
    only: (...args: unknown[]) => declare({ only: true }, args),
    expectFailure: (...args: unknown[]) => declare({ expectFailure: true }, args),
  });
}

/** The line of the script that declares a test, as a stack says it. */
function place(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = SHORT_STACK;
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, declareTest);
  Error.stackTraceLimit = limit;
  return holder.stack ?? '';
}

function refuse(what: string, why: string): () => never {
  return () => {
    throw new Error(`${what} of node:test does not work under load: ${why}`);
  };
}

const OWN_FILE = 'keep such tests in a file of their own.';

export const test = declarer(declareTest);
export const it = test;
export const describe = declarer(declareSuite);
export const suite = describe;
export const { skip, todo, only, expectFailure } = test;
export const before = (fn: TestFunction, options?: { timeout?: number }) =>
  declareHook('before', fn, options);
export const after = (fn: TestFunction, options?: { timeout?: number }) => declareHook('after', fn, options);
export const beforeEach = (fn: TestFunction, options?: { timeout?: number }) =>
  declareHook('beforeEach', fn, options);
export const afterEach = (fn: TestFunction, options?: { timeout?: number }) =>
  declareHook('afterEach', fn, options);
/** The context of the test that is running; undefined outside of one. */
export const getTestContext = () => scopes.getStore()?.running?.context ?? undefined;
export const run = refuse('run()', 'the load is what runs the tests.');
const refuseMock = refuse('mock', `what is replaced would be replaced for all users; ${OWN_FILE}`);
export const mock = new Proxy({}, { get: refuseMock });
const refuseSnapshot = refuse('snapshot', `nothing is written while load runs; ${OWN_FILE}`);
export const snapshot = new Proxy({}, { get: refuseSnapshot });
const registerAssert = refuse('assert.register()', OWN_FILE);
const customAssert = { register: registerAssert };

export { customAssert as assert };

const whole = Object.assign(declarer(declareTest), {
  test,
  it,
  describe,
  suite,
  before,
  after,
  beforeEach,
  afterEach,
  getTestContext,
  run,
  mock,
  snapshot,
  assert: { ...assert, ...customAssert },
});

// What `import test from 'node:test'` and `require('node:test')` give.
// biome-ignore lint/style/noDefaultExport: node:test has one
export { whole as default, whole as 'module.exports' };
