import { readdir, writeFile } from 'node:fs/promises';
import { cpus, release, type } from 'node:os';
import { parseArgs } from 'node:util';
import { compare } from './against/pairs.ts';
import type { Bench, Goal, Measured } from './bench.ts';

const notBenches = new Set(['run.ts', 'bench.ts']);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    strict: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    against: { type: 'string' },
    pairs: { type: 'string', default: '15' },
  },
});
const print = (line = '') => process.stdout.write(`${line}\n`);

const name = positionals[0];
if (!name) await list();
else if (values.against) await measureAgainst((await load(name)).name, values.against);
else await measure(await load(name));

async function files(): Promise<string[]> {
  const all = await readdir(import.meta.dirname);
  return all
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !notBenches.has(file))
    .sort();
}

async function load(wanted: string): Promise<Bench> {
  const known = (await files()).map((file) => file.slice(0, -3));
  if (!known.includes(wanted)) {
    print(`There is no benchmark '${wanted}'. There are: ${known.join(', ')}.`);
    process.exit(2);
  }
  const module: { bench: Bench } = await import(`./${wanted}.ts`);
  return module.bench;
}

async function list(): Promise<void> {
  for (const file of await files()) {
    const { name, about } = await load(file.slice(0, -3));
    print(`${name.padEnd(12)} ${about}`);
  }
  print('\nnpm run bench -- NAME [--json FILE] [--strict] [--rounds N]');
  print('npm run bench -- NAME --against COMMIT [--pairs N]');
}

async function measureAgainst(name: string, commit: string): Promise<void> {
  const say = (line: string) => process.stderr.write(`  ${line}\n`);
  const worse = await compare(name, { commit, pairs: Math.max(2, Number(values.pairs)), print, say });
  if (worse) process.exitCode = 1;
}

async function measure(bench: Bench): Promise<void> {
  const rounds = Math.max(5, Number(values.rounds));
  const measured = await bench.run({ rounds, say: (line) => process.stderr.write(`  ${line}\n`) });
  table(measured);
  const missed = judge(bench, measured);
  if (values.json) {
    const machine = `${type()} ${release()}, ${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`;
    await writeFile(values.json, `${JSON.stringify({ bench: bench.name, machine, ...measured }, null, 2)}\n`);
  }
  if (values.strict && missed) process.exitCode = 1;
}

function table({ rows }: Measured): void {
  print(`${'case'.padEnd(48)}${'metric'.padEnd(28)}${'value'.padStart(14)} unit`);
  for (const row of rows) {
    print(`${row.case.padEnd(48)}${row.metric.padEnd(28)}${figure(row.value).padStart(14)} ${row.unit}`);
  }
}

/** Prints each ratio beside its goal and must; answers whether a must was missed. */
function judge(bench: Bench, { ratios }: Measured): boolean {
  let missed = false;
  print(`\n${'ratio'.padEnd(28)}${'measured'.padStart(12)}${'goal'.padStart(12)}${'must'.padStart(12)}`);
  for (const [name, bound] of Object.entries(bench.goals)) {
    const value = ratios[name];
    const met = value !== undefined && within(value, bound, bound.must ?? bound.goal);
    if (!met) missed = true;
    const mark =
      value === undefined
        ? 'not measured'
        : within(value, bound, bound.goal)
          ? 'goal met'
          : met
            ? 'must met'
            : 'missed';
    const sign = bound.better === 'lower' ? '≤ ' : '≥ ';
    print(
      `${name.padEnd(28)}${(value === undefined ? '-' : figure(value)).padStart(12)}${(sign + bound.goal).padStart(12)}${(sign + (bound.must ?? bound.goal)).padStart(12)}  ${mark}`,
    );
  }
  return missed;
}

function within(value: number, { better }: Goal, bound: number): boolean {
  return better === 'lower' ? value <= bound : value >= bound;
}

function figure(value: number): string {
  return Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(4);
}
