import type { VirtualUser } from './virtual-user.ts';

/**
 * Times some work as a request of its own kind: how long it took, and whether it threw.
 * @returns what it returns; a promise is waited for
 */
export function timed<T>(
  user: VirtualUser,
  { kind, name }: { kind: string; name: string },
  work: () => T,
): T {
  const { client, clock } = user.world;
  const metrics = client.kinds.of(kind, name);
  const begun = clock.now();
  const end = (isError: boolean): void => {
    user.measured(metrics.metric('trend', 'time', 'us'), (clock.now() - begun) * 1000);
    user.measured(metrics.metric('rate', 'errors'), isError ? 1 : 0);
  };
  const fail = (error: unknown): void => {
    end(true);
    const why = error instanceof Error ? error.message || String(error.cause ?? error.name) : String(error);
    user.troubled(name, `${kind} failed`, why);
  };
  let result: T;
  try {
    result = work();
  } catch (error) {
    fail(error);
    throw error;
  }
  if (!isPromise(result)) {
    end(false);
    return result;
  }
  return result.then(
    (value: unknown) => {
      end(false);
      return value;
    },
    (error: unknown) => {
      fail(error);
      throw error;
    },
  ) as T;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null)?.then === 'function';
}
