import type { TestFunction, TestOptions } from './definition.ts';

/** What test, it, describe and suite are called with: `([name][, options][, fn])`. */
export interface TestArguments {
  readonly name: string;
  readonly options: TestOptions;
  readonly fn: TestFunction | null;
}

/** Reads the arguments as node:test does: each of them may be left out. */
export function readArguments(args: readonly unknown[], more: TestOptions = {}): TestArguments {
  const given = [...args];
  const name = typeof given[0] === 'string' ? String(given.shift()) : null;
  const options = typeof given[0] === 'object' && given[0] !== null ? (given.shift() as TestOptions) : {};
  if (given[0] === undefined) given.shift();
  const fn = typeof given[0] === 'function' ? (given[0] as TestFunction) : null;
  return { name: name ?? options.name ?? (fn?.name || '<anonymous>'), options: { ...options, ...more }, fn };
}
