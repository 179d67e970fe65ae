import assert from 'node:assert';

/** What `expectFailure` of a test's options may be: anything that says so, what the error is to match, or both. */
interface Expected {
  readonly match: unknown;
}

/** Reads `expectFailure` as node:test does; null where the test is to pass. */
export function readExpectFailure(given: unknown): Expected | null {
  if (given === undefined || given === null || given === false) return null;
  if (typeof given === 'function' || given instanceof RegExp) return { match: given };
  if (typeof given !== 'object') return { match: undefined };
  const keys = Object.keys(given);
  if (keys.length === 0) throw new TypeError('options.expectFailure must not be an empty object');
  const isNamed = keys.every((key) => key === 'match' || key === 'label');
  return { match: isNamed ? (given as { match?: unknown }).match : given };
}

/** @throws Error when what a test threw is not what was expected */
export function checkExpected({ match }: Expected, thrown: unknown): void {
  if (match === undefined) return;
  const rethrow = () => {
    throw thrown;
  };
  try {
    assert.throws(rethrow, match as assert.AssertPredicate);
  } catch (cause) {
    throw new Error('the test failed, but not as it was expected to', { cause });
  }
}
