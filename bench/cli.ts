import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder, startTargetServer } from '@marteau/testkit';
import { plainProject } from '../tests/house/projects.ts';
import { type Bench, median, type RoundContext, type Row } from './bench.ts';
import { endedChildrenTime } from './load/processor-time.ts';

const root = join(import.meta.dirname, '..');
const commandIn = (tree: string) => join(tree, 'apps/cli/src/main.ts');
/** Of one round of `--against`. */
const STARTS = 5;

/** How soon whoever typed `marteau run` sees that something happens, from the start of its process. */
export const bench: Bench = {
  name: 'cli',
  about: 'marteau run: until something is shown, and until the first second of the load, on a warm cache',
  goals: { first_progress_ms: { better: 'lower', goal: 500 } },
  round: onceIn,
  async run({ rounds, say }) {
    await using target = await startTargetServer();
    await using folder = await projectFor(target.url);
    const measured: Shown[] = [];
    // The first one, which is not counted, compiles what the others find compiled.
    for (let round = 0; round <= rounds; round += 1) {
      if (round > 0) say(`round ${round} of ${rounds}`);
      const shown = await timesOf(folder.path);
      if (round > 0) measured.push(shown);
    }
    const first = median(measured.map((shown) => shown.first));
    const row = (metric: string, value: number) => ({ case: 'marteau run', metric, value, unit: 'ms' });
    return {
      rows: [
        row('until something is shown', first),
        row('until the first second of the load is shown', median(measured.map((shown) => shown.load))),
        row('a bare node process', median(measured.map((shown) => shown.node))),
      ],
      ratios: { first_progress_ms: first },
    };
  },
};

async function projectFor(url: string) {
  const folder = await createTempFolder();
  for (const [name, text] of Object.entries(plainProject(url)))
    await writeFile(join(folder.path, name), text);
  return folder;
}

/** `marteau run --once` of that version: always the same work, so that its processor time can be compared. */
async function onceIn({ tree }: RoundContext): Promise<Row[]> {
  await using target = await startTargetServer();
  await using folder = await projectFor(target.url);
  const before = endedChildrenTime();
  const shown: number[] = [];
  for (let n = 0; n < STARTS; n++)
    shown.push((await until(folder.path, [commandIn(tree), 'run', '--once'], [/./]))[0]!);
  const row = (metric: string, value: number) => ({ case: 'marteau run --once', metric, value, unit: 'ms' });
  return [
    row('until something is shown', median(shown)),
    row('CPU', (endedChildrenTime() - before) / 1000 / STARTS),
  ];
}

/** ms since its process was started. */
interface Shown {
  readonly first: number;
  /** With rates and percentiles: a second at least, since that is what they are of. */
  readonly load: number;
  /** Until a process of Node that does nothing else has printed something: what no program can go below. */
  readonly node: number;
}

async function timesOf(cwd: string): Promise<Shown> {
  const node = await until(cwd, ['-e', 'process.stderr.write("here")'], [/./]);
  const [first, load] = await until(
    cwd,
    [commandIn(root), 'run', '--set', 'duration=1s'],
    [/./, /^00:0\d /m],
  );
  return { first: first!, load: load!, node: node[0]! };
}

/** When a program's standard error first matched each of these. */
async function until(cwd: string, args: readonly string[], patterns: readonly RegExp[]): Promise<number[]> {
  const began = performance.now();
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  const moments: number[] = [];
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    while (moments.length < patterns.length && patterns[moments.length]!.test(said))
      moments.push(performance.now() - began);
  });
  await once(child, 'close');
  return moments;
}
