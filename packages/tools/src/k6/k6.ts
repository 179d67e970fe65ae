import { join } from 'node:path';
import type { Share } from '@marteau/shared';
import { formats } from '../formats/index.ts';
import { loadVariables } from '../told-load.ts';
import type { Tool } from '../tool.ts';
import { optionsOf } from './options.ts';
import { overhear } from './overhear.ts';
import { ownPlanOf, readInspection } from './own-plan.ts';
import { thresholdsIn } from './thresholds.ts';
import { wants } from './wants.ts';

/** What its exit codes say: https://github.com/grafana/k6, errext/exitcodes. */
const exits: Readonly<Record<number, string>> = {
  97: 'a run in the cloud failed',
  98: 'a run in the cloud could not be followed',
  99: 'some of its own thresholds were crossed',
  100: 'setup() took too long',
  101: 'teardown() took too long',
  102: 'a time was exceeded',
  103: 'it could not start',
  104: 'its options are wrong',
  105: 'it was stopped by a signal',
  106: 'it could not get the REST API going',
  107: 'the script threw where it was loaded, or in setup() or teardown()',
  108: 'the script ended the test by test.abort()',
  109: 'k6 itself broke down',
  110: 'the script marked the test as failed',
};

const SCRIPT = /\.[cm]?[jt]s$/;
const IMPORTS = /(?:from\s*|import\s*\(?\s*|require\(\s*)['"]k6(?:\/[\w./-]+)?['"]/;

/** It asks nobody but the target. */
const QUIET = { K6_NO_USAGE_REPORT: 'true', K6_AUTO_EXTENSION_RESOLUTION: 'false' };

/** https://grafana.com/docs/k6, 0.50 to 2. */
export const k6: Tool = {
  name: 'k6',
  title: 'k6',
  program: {
    file: 'k6',
    args: ['version'],
    version: (printed) => /k6(?:\.exe)? v(\d+\.\d+\.\d+\S*)/.exec(printed)?.[1] ?? null,
    install: 'from its releases, or with go install go.k6.io/k6@latest',
  },
  isScript: (path, text) => SCRIPT.test(path) && IMPORTS.test(text),
  ownPlan: ownPlanOf,
  wants,
  inspect: ({ script, wdir, target }) => ({
    file: 'k6',
    args: ['inspect', '--execution-requirements', join(wdir, script)],
    env: { ...loadVariables(null, target), ...QUIET },
    read: readInspection,
  }),
  dividesOwnPlan: true,
  usesAllProcessors: true,
  refuses: () => null,
  invoke({ script, wdir, out, share, stage, target }) {
    const summary = join(out, 'summary.json');
    const wrapper = join(out, 'stage.js');
    return {
      file: 'k6',
      args: [
        'run',
        '--quiet',
        '--no-color',
        ...['--address', 'localhost:0'],
        ...['--out', 'json=-'],
        ...['--summary-export', summary],
        ...segment(share),
        stage === null ? join(wdir, script) : wrapper,
      ],
      env: {
        ...loadVariables(stage, target),
        ...QUIET,
      },
      ...(stage !== null && {
        files: { 'stage.js': wrapperOf(join(wdir, script), JSON.stringify(optionsOf(stage))) },
      }),
      output: { format: formats['k6-json'], file: null, isMixed: true },
      summary,
    };
  },
  exitMeans: (code) => exits[code] ?? null,
  overhear,
  thresholdsIn,
};

/** Users, iterations and rates are divided by k6 itself, exactly. What it measures on one node is no threshold's whole. */
function segment({ index, of }: Share): string[] {
  if (of === 1) return [];
  const at = (i: number): string => (i === 0 ? '0' : i === of ? '1' : `${i}/${of}`);
  const all = Array.from({ length: of + 1 }, (_, i) => at(i));
  return [
    ...['--execution-segment', `${at(index)}:${at(index + 1)}`],
    ...['--execution-segment-sequence', all.join(',')],
    '--no-thresholds',
  ];
}

/** A module that is the script, with another load: its command line would take the functions that `exec` names away. */
function wrapperOf(script: string, load: string): string {
  const path = JSON.stringify(`file://${script}`);
  return `import * as script from ${path};
export * from ${path};
const { scenarios, stages, vus, duration, iterations, ...kept } = script.options ?? {};
const exec = script.default ? 'default' : Object.values(scenarios ?? {}).find((one) => one.exec)?.exec;
export const options = { ...kept, scenarios: { load: { ...${load}, exec } } };
export default script.default;
`;
}
