import { join } from 'node:path';
import { isConstant, loadVariables } from '../told-load.ts';
import type { Tool } from '../tool.ts';
import { playwrightLines } from './playwright-lines.ts';
import { REPORTER } from './reporter.ts';

const OWN_FILE = 'marteau-reporter.cjs';
const LINES = 'playwright.jsonl';
const TEST = /^\s*test(?:\.only)?\s*\(/gm;

/** https://playwright.dev, tests of browsers as load: each user is a worker. */
export const playwright: Tool = {
  name: 'playwright',
  title: 'Playwright',
  program: {
    file: 'playwright',
    args: ['--version'],
    version: (printed) => /Version (\d+\.\d+\.\d+\S*)/.exec(printed)?.[1] ?? null,
    install: 'with npm install @playwright/test in the project, and its browsers',
  },
  isScript: (path, text) => /\.[cm]?[jt]sx?$/.test(path) && /['"]@playwright\/test['"]/.test(text),
  ownPlan(text) {
    const count = text.match(TEST)?.length ?? 0;
    return {
      what: count === 0 ? '' : count === 1 ? 'one test' : `${count} tests`,
      lengthMs: null,
      isOpen: false,
    };
  },
  dividesOwnPlan: false,
  usesAllProcessors: true,
  refuses(stage) {
    if (stage.rate !== null || !isConstant(stage) || stage.iterations === null)
      return 'Playwright repeats its tests by so many workers: write users and iterations, as in load: [{users: 5, iterations: 100}].';
    return null;
  },
  invoke({ script, out, stage, target }) {
    return {
      file: 'playwright',
      args: [
        'test',
        script,
        ...['--reporter', join(out, OWN_FILE), '--retries', '0'],
        ...(stage?.users ? ['--workers', String(stage.users.to)] : []),
        ...(stage?.iterations ? ['--repeat-each', String(stage.iterations.count)] : []),
        ...(stage ? ['--global-timeout', String(Math.round(stage.durationMs))] : []),
      ],
      env: {
        ...loadVariables(stage, target),
        MARTEAU_PLAYWRIGHT_LINES: join(out, LINES),
        PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1',
      },
      files: { [OWN_FILE]: REPORTER },
      output: { format: playwrightLines, file: join(out, LINES) },
    };
  },
  exitMeans: (code) => (code === 1 ? 'tests failed, or there were none' : null),
};
