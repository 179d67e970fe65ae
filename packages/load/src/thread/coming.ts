import { call } from '../script/call.ts';
import { type Hook, type Suite, suitesOf, type Test, testsOf } from '../script/definition.ts';
import { SuiteContext } from '../script/suite-context.ts';
import { noteFailure } from './note-failure.ts';
import type { VirtualUser } from './virtual-user.ts';

/** The tests of an instance that are run: not skipped, and the named one where one is named. */
export function chosenTests(script: Suite, name: string | null): Test[] {
  return testsOf(script).filter(
    (test) => !test.skipped && (name === null || test.name === name || test.fullName === name),
  );
}

/**
 * A user comes: `before` of the file and of the suites around its tests, the outermost first.
 * @returns false when one of them threw; that is noted, and those after it were not run
 */
export async function come(user: VirtualUser, tests: readonly Test[]): Promise<boolean> {
  for (const suite of suitesAround(tests)) {
    for (const hook of suite.hooks.before) if (!(await runHook(user, suite, hook, 'before'))) return false;
  }
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
  kind: string,
): Promise<boolean> {
  const { fullName } = suite;
  const context = new SuiteContext(suite, (text) => user.diagnostic(text));
  try {
    await call(fn, context, timeout);
    return true;
  } catch (error) {
    noteFailure(user, error, fullName ? `${fullName} > ${kind}` : kind);
    return false;
  }
}
