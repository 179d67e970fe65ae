import { AsyncLocalStorage } from 'node:async_hooks';
import type { Agent } from '../fetch/agent.ts';
import type { Suite } from './definition.ts';
import type { Iteration } from './iteration.ts';

/** Whose code is running: known through every await, and so what makes one `fetch` serve all users of a thread. */
export interface Scope {
  readonly agent: Agent;
  /** While the script is being loaded: where `test` and `describe` put what they are given. */
  readonly suite: Suite | null;
  /** While a test runs: what `test` called inside it becomes a subtest of. */
  readonly running: Iteration | null;
  /** What requests are counted under, where the script says so. */
  readonly label?: string;
}

export const scopes = new AsyncLocalStorage<Scope>();

/** The name under which whoever interrupts a thread with the debugger asks for the test that is running. */
export const RUNNING_TEST = 'marteau running test';

Object.defineProperty(globalThis, Symbol.for(RUNNING_TEST), {
  value: () => scopes.getStore()?.running?.fullName ?? '',
});
