import { call } from '../script/call.ts';
import { type Hook, type Suite, suitesOf, type Test, testsOf } from '../script/definition.ts';
import { SuiteContext } from '../script/suite-context.ts';
import type { VirtualUser } from './virtual-user.ts';

/** The tests of an instance that are run: not skipped, and the named one where one is named. */
export function chosenTests(script: Suite, name: string | null): Test[] {
  return testsOf(script).filter(
    (test) => !test.skipped && (name === null || test.name === name || test.fullName === name),
  );
}

/**
 * A user comes: `before` of the file and of the suites around its tests, the outermost first. What throws is noted, and
 * keeps it from the tests of that suite, as node:test does.
 * @param came the suites that it has come to already; those to which it comes now are added
 * @returns the tests that it can do; none where it cannot begin
 */
export async function come(
  user: VirtualUser,
  tests: readonly Test[],
  came: Set<Suite>,
): Promise<readonly Test[]> {
  const failed = new Set<Suite>();
  for (const suite of suitesAround(tests)) {
    if (came.has(suite) || suitesOf(suite).some((each) => failed.has(each))) continue;
    if (await hooksPass(user, suite)) came.add(suite);
    else failed.add(suite);
  }
  return tests.filter(({ suite }) => !suitesOf(suite).some((each) => failed.has(each)));
}

async function hooksPass(user: VirtualUser, suite: Suite): Promise<boolean> {
  for (const hook of suite.hooks.before) if (!(await runHook(user, suite, hook, 'before'))) return false;
  return true;
}

/** A user goes: `after` of the suites and the file, the innermost first. What throws is noted. */
export async function go(user: VirtualUser, tests: readonly Test[]): Promise<void> {
  for (const suite of suitesAround(tests).reverse()) {
    for (const hook of suite.hooks.after) await runHook(user, suite, hook, 'after');
  }
}

function suitesAround(tests: readonly Test[]): Suite[] {
  return [...new Set(tests.flatMap(({ suite }) => suitesOf(suite)))];
}

async function runHook(
  user: VirtualUser,
  suite: Suite,
  { fn, timeout }: Hook,
  kind: 'before' | 'after',
): Promise<boolean> {
  const name = suite.fullName ? `${suite.fullName} > ${kind}` : kind;
  const context = new SuiteContext(suite, (text) => user.diagnostic(text));
  user.hook = { kind, name };
  try {
    await call(fn, context, timeout);
    return true;
  } catch (error) {
    user.hookThrew(error);
    return false;
  } finally {
    user.hook = null;
  }
}
