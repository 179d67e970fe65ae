import { randomUUID } from 'node:crypto';
import { environmentOf, folderOf, listProcesses, type ProcessInfo } from './processes.ts';
import { waitUntil } from './wait-until.ts';

/** Finds again what was started, wherever it went: daemons that left their family, too. */
export type ProcessMark = AsyncDisposable & {
  /** To be put into the environment of what is started; children inherit it. */
  env: Record<string, string>;
  alive(): ProcessInfo[];
  /** Waits for the marked processes to be gone, and throws naming those that are not. */
  assertNoneLeft(deadlineMs?: number): Promise<void>;
};

type Options = {
  variable?: string;
  /** Whoever works in this folder counts as marked as well: programs that were started with an empty environment. */
  folder?: string;
};

/** A mark like no other; its disposal asserts that nothing marked is left. */
export function markProcesses({ variable = 'MARTEAU_TEST_MARK', folder }: Options = {}): ProcessMark {
  const value = randomUUID();
  const isMarked = ({ pid }: ProcessInfo) =>
    environmentOf(pid).includes(`${variable}=${value}`) ||
    (folder !== undefined && `${folderOf(pid)}/`.startsWith(`${folder}/`));

  const alive = () => listProcesses().filter(isMarked);
  const assertNoneLeft = async (deadlineMs = 5_000) => {
    try {
      await waitUntil('the marked processes to be gone', () => alive().length === 0, { deadlineMs });
    } catch {
      throw new Error(
        `Still alive: ${alive()
          .map(({ pid, command }) => `${pid} ${command}`)
          .join('; ')}`,
      );
    }
  };
  return { env: { [variable]: value }, alive, assertNoneLeft, [Symbol.asyncDispose]: () => assertNoneLeft() };
}
