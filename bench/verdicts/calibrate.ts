import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readResults } from '@marteau/report/schema';
import type { Character } from './simulated-run.ts';

const root = join(import.meta.dirname, '..', '..');
const seconds = 20;
/** Where others use the processor, runs are invalid: so many times as many are tried. */
const mostTries = 4;

/**
 * Runs the example on this machine so many times, the same commit with the same load, and says of what kind such runs
 * are: how much their p95 varies from run to run, how their level wanders from second to second, and the shape of the
 * distribution of their times.
 */
export async function calibrate(runs: number, say: (line: string) => void): Promise<Character> {
  const folder = await mkdtemp(join(tmpdir(), 'marteau-bench-verdicts-'));
  const [levels, wandering, spectra]: [number[], number[][], Character['shape'][]] = [[], [], []];
  try {
    for (let i = 0; levels.length < runs; i++) {
      if (i === mostTries * runs) throw new Error('this machine does too much else to calibrate with');
      say(`A/A on this machine, ${levels.length + 1} of ${runs}`);
      const { steps, requests, judgement } = await runExample(join(folder, String(i)));
      // Marteau compares with no run in which the generator was the limit, so such a run says nothing here.
      if (judgement?.verdict === 'invalid') continue;
      const [step] = steps;
      if (step?.requests.time.p95 == null || requests === null)
        throw new Error('the example finished too few requests to calibrate with');
      levels.push(Math.log(step.requests.time.p95));
      wandering.push(requests.latency.p95.filter((value) => value !== null).map(Math.log));
      const median = step.requests.time.p50!;
      spectra.push(step.spectrum.map(({ quantile, time }) => [quantile, time / median] as const));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const within = wanderingOf(wandering);
  return { noise: betweenRuns(deviation(levels), within), ...within, shape: spectra[0]! };
}

async function runExample(out: string) {
  const marteau = join(root, 'apps', 'cli', 'src', 'main.ts');
  const load = ['--set', 'cycles=20', '--set', `duration=${seconds}s`];
  const arguments_ = [marteau, 'run', join(root, 'examples', 'shop'), ...load, '--out', out, '--quiet'];
  // A verdict that is no pass is a run all the same; one without results is none.
  const ended = await promisify(execFile)(process.execPath, arguments_, { cwd: root }).catch(
    (error) => error,
  );
  if (!existsSync(join(out, 'results.json'))) throw new Error(`the example did not run: ${ended.stderr}`);
  return readResults(await readFile(join(out, 'results.json'), 'utf8'));
}

/**
 * What varies from run to run beside what a run's level wanders within it: the simulation adds that again. The mean of
 * n values of an AR(1) varies by stride² / (1 - memory)² / n.
 */
function betweenRuns(total: number, { memory, wandering }: Pick<Character, 'memory' | 'wandering'>): number {
  const within = (wandering / (1 - memory)) ** 2 / seconds;
  return Math.sqrt(Math.max(0, total ** 2 - within));
}

/** How a run's level follows itself: an AR(1) over its points. */
function wanderingOf(all: readonly (readonly number[])[]): Pick<Character, 'memory' | 'wandering'> {
  let [squares, products, count] = [0, 0, 0];
  for (const values of all) {
    const centred = values.map((value) => value - mean(values));
    centred.forEach((value, i) => {
      squares += value ** 2;
      if (i > 0) products += value * centred[i - 1]!;
    });
    count += values.length;
  }
  const memory = Math.max(0, Math.min(0.95, squares > 0 ? products / squares : 0));
  return { memory, wandering: Math.sqrt((squares / Math.max(1, count)) * (1 - memory ** 2)) };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}
