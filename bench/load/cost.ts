import { setTimeout as sleep } from 'node:timers/promises';
import type { Case } from './cases.ts';
import type { Generator } from './generators.ts';
import type { Target } from './nginx.ts';
import { processorTime } from './processor-time.ts';
import type { Program } from './program.ts';

const WARM_UP_MS = 1500;
const MEASURE_MS = 3000;

/** What one generator needed for one request in a warm state. */
export interface Cost {
  /** Processor time with the kernel's part, µs. */
  readonly cpu: number;
  /** Requests per second. */
  readonly rate: number;
}

/**
 * Has a generator do the case's work for a while, and divides its processor time by what the target has answered.
 * @param warmUpMs before it is measured: engines of JavaScript compile what they have run often
 */
export async function costOf(
  generator: Generator,
  work: Case,
  target: Target,
  folder: string,
  warmUpMs = WARM_UP_MS,
): Promise<Cost> {
  const url = work.url(target);
  await using program = await generator.start({ url, body: work.body, folder, script: work.script(url) });
  return await costPer(program, () => target.requests(), warmUpMs);
}

/** What a program that runs needs for one of what is counted. */
export async function costPer(
  { pid }: Program,
  counted: () => Promise<number>,
  warmUpMs = WARM_UP_MS,
): Promise<Cost> {
  await sleep(warmUpMs);
  const before = { at: performance.now(), cpu: processorTime(pid), requests: await counted() };
  await sleep(MEASURE_MS);
  const after = { at: performance.now(), cpu: processorTime(pid), requests: await counted() };
  const requests = after.requests - before.requests;
  return { cpu: (after.cpu - before.cpu) / requests, rate: (requests / (after.at - before.at)) * 1000 };
}

/**
 * Every generator of every case in each round, so that what else the machine does falls on all of them alike.
 * @param cost of one of them
 * @returns what each cost in each round, by the case and the name of the generator
 */
export async function costsByTurns(
  cases: readonly Case[],
  rounds: number,
  say: (line: string) => void,
  cost: (generator: Generator, work: Case) => Promise<Cost>,
): Promise<(work: Case, name: string) => Cost[]> {
  const costs = new Map<string, Cost[]>();
  for (let round = 1; round <= rounds; round += 1) {
    for (const work of cases) {
      say(`round ${round} of ${rounds}: ${work.name}`);
      for (const generator of work.generators) {
        const key = `${work.name} ${generator.name}`;
        costs.set(key, [...(costs.get(key) ?? []), await cost(generator, work)]);
      }
    }
  }
  return (work, name) => costs.get(`${work.name} ${name}`)!;
}
