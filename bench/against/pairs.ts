import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { checkOut } from './old-tree.ts';
import { ratioOf, verdictOf } from './ratio.ts';

/** What one round says of one version. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly better: 'lower' | 'higher';
}

interface Context {
  /** The version to compare with: whatever git takes for a commit. */
  commit: string;
  /** How often each is measured. */
  pairs: number;
  print(line: string): void;
  say(line: string): void;
}

/**
 * Measures this version and an old one by turns, each round in a process of its own, and prints by how much each figure
 * has changed.
 *
 * @returns whether one of them is worse
 */
export async function compare(name: string, { commit, pairs, print, say }: Context): Promise<boolean> {
  const end = new AbortController();
  // What was begun is ended and the old version's folder removed, also after a Ctrl-C.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => end.abort());
  say(`checking out ${commit} and installing its packages`);
  await using old = await checkOut(commit, end.signal);
  const trees = { old: old.path, new: join(import.meta.dirname, '../..') };
  const rounds: { old: Figure[]; new: Figure[] }[] = [];
  // The first pair, which is not counted, compiles what the others find compiled.
  for (let n = 0; n <= pairs; n++) {
    say(n === 0 ? 'warming up' : `pair ${n} of ${pairs}`);
    const measured: { old?: Figure[]; new?: Figure[] } = {};
    // Who comes first changes, so that nobody always has the machine that the other one warmed.
    for (const which of n % 2 ? (['old', 'new'] as const) : (['new', 'old'] as const))
      measured[which] = await figuresOf(name, trees[which], end.signal);
    if (n > 0) rounds.push(measured as Required<typeof measured>);
  }
  return tell(rounds, print);
}

async function figuresOf(name: string, tree: string, signal: AbortSignal): Promise<Figure[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'round.ts'), name, tree], {
    cwd: tree,
    signal,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (code !== 0) throw new Error(`A round of ${name} in ${tree} ended with ${code}.`);
  return JSON.parse(said);
}

/** Figures that only one of the versions has are not told. */
function tell(rounds: readonly { old: Figure[]; new: Figure[] }[], print: (line: string) => void): boolean {
  print(`${'new / old'.padEnd(64)}${'mean'.padStart(8)}   95 % interval (t on logarithms)`);
  let worse = false;
  for (const { name, better } of rounds[0]!.new) {
    const valueIn = (figures: Figure[]) =>
      figures.find((figure) => figure.name === name)?.value ?? Number.NaN;
    const pairs = rounds.map((round) => ({ old: valueIn(round.old), new: valueIn(round.new) }));
    const ratio = ratioOf(pairs);
    if (!ratio) continue;
    const verdict = verdictOf(ratio, better);
    if (verdict === 'worse') worse = true;
    const [mean, low, high] = [ratio.mean, ratio.low, ratio.high].map((value) => value.toFixed(3));
    print(`${name.padEnd(64)}${mean!.padStart(8)}   ${low} – ${high}  ${better} is better: ${verdict}`);
    print(`  ${pairs.map((pair) => (pair.new / pair.old).toFixed(3)).join(' ')}`);
  }
  return worse;
}
