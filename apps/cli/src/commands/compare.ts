import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { beyondMargin, compare as compareResults, renderComparison, whyApart } from '@marteau/report';
import type { Comparison, Endpoint, Results } from '@marteau/report/schema';
import { subjectInWords } from '@marteau/shared';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { readResultsFile } from '../results-file.ts';

/** More earlier runs than this add nothing. */
const MOST_BASELINES = 12;

/** Compares the results of a run with those of one or more earlier ones. */
export const compare: Command = {
  name: 'compare',
  about: 'Compare a results.json with those of earlier runs, and say what changed and how sure that is.',
  usage: 'BEFORE… AFTER [--out COMPARISON.HTML]  (results.json, or folders of runs)',
  options: { out: { type: 'string' } },
  maxArguments: MOST_BASELINES + 1,
  async run({ arguments: files, options }, world) {
    const [last, ...earlier] = files.toReversed();
    if (last === undefined || earlier.length === 0) {
      world.err(
        'Give at least two results.json, the latest one last: marteau compare before.json after.json\n',
      );
      return exitCodes.usage;
    }
    const after = await readResultsFile(world.cwd, last);
    const before = await Promise.all(earlier.map((file) => readResultsFile(world.cwd, file)));
    const comparison = compareResults(before, after);
    if (typeof options.out === 'string') {
      const out = resolve(world.cwd, options.out);
      await writeFile(out, renderComparison(comparison, before, after));
      world.err(`${out}\n`);
    }
    if (comparison === null) {
      world.err(`${whyApart(before[0]!, after)}\n`);
      return [before[0]!, after].some(isInvalid) ? exitCodes.invalid : exitCodes.usage;
    }
    world.out(inWords(comparison));
    return comparison.direction === 'worse' ? exitCodes.fail : exitCodes.pass;
  },
};

function isInvalid({ judgement }: Results): boolean {
  return judgement?.verdict === 'invalid';
}

function inWords({ sentence, endpoints, changed }: Comparison): string {
  const stands = [...endpoints.filter(({ grade }) => grade !== null), ...beyondMargin(endpoints)].map(
    endpointInWords,
  );
  const other = changed.map(({ what, before, after }) => `  ${what}: ${before} → ${after}`);
  return [sentence, ...stands, ...(other.length > 0 ? ['What else changed:', ...other] : []), ''].join('\n');
}

function endpointInWords(endpoint: Endpoint): string {
  const { metric, load, change, grade, direction } = endpoint;
  const sure = grade === null ? 'beyond 5 %, not sure' : `${grade} ${direction}`;
  const size = `${change < 0 ? '−' : '+'}${(Math.abs(change) * 100).toFixed(1)} %`;
  return `  ${metric} of ${subjectInWords(endpoint) ?? 'all requests'} at ${load}: ${size}, ${sure}`;
}
