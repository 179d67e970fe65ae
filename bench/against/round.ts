// One round of a benchmark in a process of its own: `node bench/against/round.ts NAME TREE`. Prints its figures as JSON.
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import type { Figure } from './pairs.ts';

const [name = '', tree = ''] = process.argv.slice(2);
const say = (line: string) => void process.stderr.write(`    ${line}\n`);
const { bench }: { bench: Bench } = await import(`../${name}.ts`);
process.stdout.write(JSON.stringify(bench.round ? await own(bench.round) : await ratios()));

async function own(round: NonNullable<Bench['round']>): Promise<Figure[]> {
  const rows = await round({ tree, say });
  return rows.map(({ case: of, metric, value, unit }) => ({
    name: `${of}: ${metric}, ${unit}`,
    value,
    better: unit === '1/s' ? 'higher' : 'lower',
  }));
}

/** What that version's own program says of itself, once. */
async function ratios(): Promise<Figure[]> {
  const { bench: theirs }: { bench: Bench } = await import(join(tree, `bench/${name}.ts`));
  const { ratios } = await theirs.run({ rounds: 1, say });
  return Object.entries(theirs.goals).flatMap(([name, { better }]) =>
    ratios[name] === undefined ? [] : { name, value: ratios[name], better },
  );
}
