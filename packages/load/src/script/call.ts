import type { TestFunction } from './definition.ts';

/** A test or hook took longer than its own `timeout`. */
class TestTimeout extends Error {
  override readonly name = 'TestTimeout';
}

/**
 * Calls a test's or hook's function. One with two parameters is done when it calls the second; any other when what it
 * returns has settled. With a timeout it rejects with `TestTimeout` when that is over before.
 */
export function call(fn: TestFunction, context: unknown, timeout?: number): unknown {
  const result = fn.length >= 2 ? withCallback(fn, context) : fn(context);
  return timeout === undefined || !Number.isFinite(timeout) ? result : within(timeout, result);
}

function withCallback(fn: TestFunction, context: unknown): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const result = fn(context, (error?: unknown) =>
    error === undefined || error === null ? resolve() : reject(error),
  );
  if (!(result instanceof Promise)) return promise;
  for (const left of [result, promise]) left.catch(() => undefined);
  return Promise.reject(new Error('passed a callback but also returned a Promise'));
}

function within(timeout: number, result: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TestTimeout(`test timed out after ${timeout}ms`)), timeout);
    Promise.resolve(result)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
