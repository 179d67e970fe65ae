// npm run fuzz -- NAME… [--minutes N | --seconds N] [--quiet N] [--seed N] [--keep]: fuzzes parsers of foreign bytes, each for a time.
// --quiet ends a target before that, once N minutes of processor time reached no new code.
// --keep puts the fewest inputs that reach what was reached into tests/fuzz/corpus.
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readCorpus, smallest, writeCorpus } from '../tests/fuzz/corpus.ts';
import { type Finding, fuzz } from '../tests/fuzz/fuzz.ts';
import { countFromHere, countOfBlocks } from '../tests/fuzz/instrument.ts';
import { targets } from '../tests/fuzz/targets/index.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '1' },
    seconds: { type: 'string' },
    quiet: { type: 'string', default: 'Infinity' },
    seed: { type: 'string', default: String(Date.now() % 1e6) },
    keep: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds ?? Number(values.minutes) * 60);
const quietSeconds = Number(values.quiet) * 60;
const seed = Number(values.seed);
const unknown = positionals.find((name) => !Object.hasOwn(targets, name));
if (
  positionals.length === 0 ||
  unknown !== undefined ||
  !(seconds > 0) ||
  !(quietSeconds > 0) ||
  !Number.isInteger(seed)
) {
  say(
    `npm run fuzz -- NAME… [--minutes N | --seconds N] [--quiet N] [--seed N] [--keep]; NAME is ${Object.keys(targets).join(', ')}.`,
  );
  process.exit(2);
}
countFromHere();
for (const name of positionals) await fuzzOne(name);

async function fuzzOne(name: string): Promise<void> {
  const { target } = await targets[name]!();
  const done = fuzz(target, { seconds, quietSeconds, seed, corpus: [...readCorpus(name).values()] });
  say(
    `${name}: ${done.executions} executions in ${done.seconds.toFixed(0)} s (seed ${seed}); ${done.blocks} of ${countOfBlocks()} blocks reached, a new one for the last time after ${done.lastBlock.toFixed(0)} s; ${done.findings.length} findings`,
  );
  for (const [i, finding] of done.findings.entries()) tell(finding, `${name}-${seed}-${i + 1}`);
  if (done.findings.length > 0) process.exitCode = 1;
  if (!values.keep) return;
  const kept = smallest(target, done.corpus);
  writeCorpus(name, kept);
  say(`${name}: kept ${kept.length} inputs, ${kept.reduce((sum, { length }) => sum + length, 0)} bytes`);
}

function tell({ bytes, why }: Finding, name: string): void {
  const folder = join(tmpdir(), 'marteau-fuzz');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), bytes);
  say(
    `\n${join(folder, name)} (${bytes.length} bytes)\n${JSON.stringify(bytes.toString('latin1').slice(0, 300))}\n${why}\n`,
  );
}
