// Coverage-guided fuzzing: an input that reaches a block, or reaches it in another number, is kept and mutated further.
import { Script } from 'node:vm';
import { seededRandom } from '../faults/random.ts';
import { counters, countOfBlocks, words } from './instrument.ts';
import { mutate } from './mutate.ts';
import type { Target } from './target.ts';

/** What broke the rules of a target. */
export interface Finding {
  readonly bytes: Buffer;
  readonly why: string;
}

export interface Fuzzed {
  readonly executions: number;
  /** Blocks of code that were reached. */
  readonly blocks: number;
  readonly seconds: number;
  /** When a block was reached that none had before, for the last time, in s. */
  readonly lastBlock: number;
  readonly findings: readonly Finding[];
  /** Every input that reached something new, and what was given. */
  readonly corpus: readonly Buffer[];
}

export interface FuzzOptions {
  readonly seconds: number;
  /** It ends before that where no block was new for so long, s of processor time: a busy machine does not count as quiet. */
  readonly quietSeconds?: number;
  readonly seed: number;
  /** Where to begin, beside the target's own seeds. */
  readonly corpus: readonly Buffer[];
}

const MOST_CPU_US = 2_000_000;
const MOST_MEMORY_BYTES = 1_000_000_000;
/** On the clock, for what never comes back: a busy machine may give an honest input little of its time. */
const MOST_WAIT_MS = 30_000;
const BATCH_MS = 1000;
const MOST_FINDINGS = 10;
const MOST_BYTES = 4096;
/** How often a block was reached, as far as that tells inputs apart: once, twice, 3, up to 7, 15, 31, 127, or more. */
const levels = Uint8Array.from({ length: 256 }, (_, count) => {
  const steps = [1, 2, 3, 7, 15, 31, 127, 255];
  return count === 0 ? 0 : 1 << steps.findIndex((step) => count <= step);
});

/** Fuzzes a target for a time, until nothing is new any more, or until it has ten findings. */
export function fuzz(
  target: Target,
  { seconds, seed, corpus: given, quietSeconds = Infinity }: FuzzOptions,
): Fuzzed {
  const random = seededRandom(seed);
  const { most = MOST_BYTES, dictionary = [] } = target;
  const material = {
    random,
    most,
    corpus: [Buffer.alloc(0) as Buffer],
    words: [...dictionary, ...words].map((word) => Buffer.from(word, 'latin1')),
  };
  const { corpus } = material;
  const seen = new Uint8Array(countOfBlocks());
  const findings = new Map<string, Finding>();
  const begun = performance.now();
  const since = () => (performance.now() - begun) / 1000;
  const worked = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  let [executions, lastBlock, workedThen] = [0, 0, worked()];
  let current: Buffer = Buffer.alloc(0);

  const execute = (bytes: Buffer): void => {
    current = bytes;
    executions++;
    const why = whatIsWrong(target, bytes);
    if (why !== null && !findings.has(kindOf(why))) findings.set(kindOf(why), { bytes, why });
    const brought = why === null ? addReached(seen) : null;
    if (brought === null) return;
    corpus.push(bytes);
    if (brought === 'a block') [lastBlock, workedThen] = [since(), worked()];
  };
  const start = [...given, ...target.seeds()].map((bytes) => bytes.subarray(0, most));
  const batch = (): void => {
    const until = performance.now() + BATCH_MS;
    while (performance.now() < until && since() < seconds && findings.size < MOST_FINDINGS) {
      const next = start.shift();
      // What came last leads on, most of all.
      const among = random.below(3) ? corpus : corpus.slice(-20);
      execute(next ?? mutate(random.pick(among), material));
    }
  };
  do {
    const wait = interrupted(batch);
    if (wait !== null) findings.set(wait, { bytes: current, why: wait });
  } while (since() < seconds && worked() - workedThen < quietSeconds && findings.size < MOST_FINDINGS);
  const blocks = seen.reduce((sum, each) => sum + Number(each > 0), 0);
  return { executions, blocks, seconds: since(), lastBlock, findings: [...findings.values()], corpus };
}

/** Runs an input once. @returns what it broke; null where all was as it should be */
export function whatIsWrong(target: Target, bytes: Buffer): string | null {
  counters.fill(0, 0, countOfBlocks());
  const before = process.threadCpuUsage();
  try {
    target.run(Buffer.from(bytes));
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : `threw ${String(error)}`;
  }
  const { user, system } = process.threadCpuUsage(before);
  if (user + system > MOST_CPU_US) return `took ${((user + system) / 1e6).toFixed(1)} s of processor time`;
  // To ask for the memory costs more than most inputs do.
  if (user + system < 20_000 || process.memoryUsage.rss() < MOST_MEMORY_BYTES) return null;
  return 'took more than 1 GB of memory';
}

/** Adds what the last input reached. @returns what of it is new: a block, or the number of times; null for neither */
function addReached(seen: Uint8Array): 'a block' | 'a number' | null {
  let brought: 'a block' | 'a number' | null = null;
  for (let block = 0; block < seen.length; block++) {
    const level = levels[counters[block]!]!;
    const known = seen[block]!;
    if ((known & level) === level) continue;
    seen[block] = known | level;
    if (known === 0) brought = 'a block';
    else brought ??= 'a number';
  }
  return brought;
}

/** Ends a batch in which an input never comes back. @returns the sentence about it; null where all did */
function interrupted(batch: () => void): string | null {
  Object.assign(globalThis, { __fuzzBatch: batch });
  try {
    new Script('__fuzzBatch()').runInThisContext({ timeout: BATCH_MS + MOST_WAIT_MS });
    return null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    return `did not come back within ${MOST_WAIT_MS / 1000} s`;
  }
}

/** Findings of one kind differ in numbers and texts, and come from one place. */
function kindOf(why: string): string {
  const place = /^ +at (?!.*(?:node:|tests\/fuzz\/fuzz)).*$/m.exec(why)?.[0] ?? '';
  return (
    why
      .split('\n', 1)[0]!
      .replace(/\d+|'.*'|".*"/g, '#')
      .slice(0, 80) + place
  );
}
