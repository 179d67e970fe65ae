import { cpus } from 'node:os';

interface Limits {
  /** So many at a time, whatever the machine does. */
  least: number;
  /** No more than so many, however idle it is. */
  most: number;
  /** Nothing is begun any more. */
  signal: AbortSignal;
  /** The share of processor time that nobody used since the last call, 0 to 1; of this machine, if not given. */
  idle?: () => number;
  /** How often it is asked whether there is room for one more, ms. */
  everyMs?: number;
}

/** Below this share of idle processor time nothing is added: what runs shall not wait for a processor. */
const ROOM = 0.4;

/**
 * Works through a list, as many at a time as the machine has room for: what mostly waits gets company, what computes
 * gets none. On a machine that is busy with something else it is as slow as with `least`, and disturbs no more.
 *
 * @returns the results in the order in which they came
 */
export async function workWhileIdle<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  { least, most, signal, idle = idleMeter(), everyMs = 500 }: Limits,
): Promise<Result[]> {
  const waiting = [...items];
  const results: Result[] = [];
  const { promise: over, resolve, reject } = Promise.withResolvers<void>();
  let running = 0;
  const begin = (): void => {
    running += 1;
    work(waiting.shift()!).then((result) => {
      results.push(result);
      running -= 1;
      fill();
    }, reject);
  };
  const fill = (): void => {
    while (running < least && waiting.length > 0 && !signal.aborted) begin();
    if (running === 0) resolve();
  };
  const looking = setInterval(() => {
    const hasRoom = idle() > ROOM;
    if (hasRoom && running < most && waiting.length > 0 && !signal.aborted) begin();
  }, everyMs);
  fill();
  await over.finally(() => clearInterval(looking));
  return results;
}

/** Of all processors together. */
function idleMeter(): () => number {
  const read = () => {
    const times = cpus().map((cpu) => cpu.times);
    const idle = times.reduce((sum, each) => sum + each.idle, 0);
    return {
      idle,
      all: times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, idle),
    };
  };
  let last = read();
  return () => {
    const now = read();
    const share = now.all > last.all ? (now.idle - last.idle) / (now.all - last.all) : 0;
    last = now;
    return share;
  };
}
