import { join } from 'node:path';
import { parseDuration } from '@marteau/shared';
import { loadVariables } from '../told-load.ts';
import type { Tool } from '../tool.ts';
import { artilleryLines } from './artillery-lines.ts';
import { REPORTER } from './reporter.ts';

const OWN_FILE = 'marteau-reporter.cjs';
const LINES = 'artillery.jsonl';
const DURATIONS = /^\s*(?:-\s*)?duration:\s*['"]?([\w.]+)/gm;
const NAMES = /^\s*-?\s*flow:/gm;

/** https://www.artillery.io/docs, version 2. */
export const artillery: Tool = {
  name: 'artillery',
  title: 'Artillery',
  program: {
    file: 'artillery',
    args: ['--version'],
    version: (printed) => /Artillery:?\s*v?(\d+\.\d+\.\d+\S*)/i.exec(printed)?.[1] ?? null,
    install: 'with npm install artillery in the project',
  },
  isScript: (path, text) => /\.ya?ml$/.test(path) && /^config:/m.test(text) && /^scenarios:/m.test(text),
  ownPlan(text) {
    const flows = text.match(NAMES)?.length ?? 0;
    const lengthMs = [...text.matchAll(DURATIONS)].reduce(
      (all, [, time]) => all + (parseDuration(time!) ?? 0),
      0,
    );
    const what = flows === 0 ? '' : flows === 1 ? 'one scenario' : `${flows} scenarios`;
    return { what, lengthMs: lengthMs || null, isOpen: true };
  },
  dividesOwnPlan: false,
  usesAllProcessors: false,
  refuses({ rate, iterations, rampMs }) {
    if (rate === null)
      return 'Artillery knows arrivals and no number of users: write a rate, as in load: [{rate: 10/s, for: 2m}].';
    return iterations !== null || rampMs > 0
      ? 'Artillery knows neither iterations nor a ramp: write rate and for alone.'
      : null;
  },
  invoke({ script, out, stage, target }) {
    const phase = stage?.rate && {
      duration: stage.durationMs / 1000,
      arrivalRate: stage.rate.from,
      ...(stage.rate.to !== stage.rate.from && { rampTo: stage.rate.to }),
      ...(stage.maxUsers !== null && { maxVusers: stage.maxUsers }),
    };
    return {
      file: 'artillery',
      args: [
        'run',
        ...(target === null ? [] : ['-t', target]),
        ...(phase ? ['--overrides', JSON.stringify({ config: { phases: [phase] } })] : []),
        script,
      ],
      env: {
        ...loadVariables(stage, target),
        ARTILLERY_DISABLE_TELEMETRY: 'true',
        ARTILLERY_PLUGINS: '{"metrics-by-endpoint":{}}',
        CUSTOM_REPORTERS: join(out, OWN_FILE),
        MARTEAU_ARTILLERY_LINES: join(out, LINES),
      },
      files: { [OWN_FILE]: REPORTER },
      output: { format: artilleryLines, file: join(out, LINES) },
    };
  },
  exitMeans: (code) =>
    code === 1
      ? 'what `ensure` of its script asks for was not held, or the script is wrong'
      : code === 21
        ? 'what `expect` of its script asks for was not held'
        : null,
  judges(line) {
    const [, mark, text] = /^(?:Checks:)?\s*(ok|fail):\s*(\S.*)$/.exec(line) ?? [];
    return text === undefined ? null : { text, held: mark === 'ok' };
  },
};
