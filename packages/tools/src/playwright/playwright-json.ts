import type { Format } from '../reader.ts';
import { wholeJson } from '../text/whole-json.ts';

interface Suite {
  readonly title?: string;
  readonly suites?: readonly Suite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly tests: readonly { readonly results: readonly Result[] }[];
  }[];
}

interface Result {
  readonly status: string;
  readonly duration: number;
  readonly startTime: string;
  readonly error?: { readonly message?: string };
}

/** A hundred suites within each other are no tests of people. */
const DEEPEST = 100;

/** What Playwright's reporter `json` writes at the end. */
export const playwrightJson: Format = {
  name: 'playwright-json',
  figures: {
    precision: 'raw',
    resolutionUs: 1000,
    time: 'a whole test in the browser, waits included: its requests are not told',
  },
  reader(hear, { startedAt }) {
    const walk = (suite: Suite, names: readonly string[]): void => {
      for (const { title, tests } of suite.specs ?? [])
        for (const { status, duration, startTime, error } of tests.flatMap(({ results }) => results)) {
          const name = [...names, title].join(' > ');
          const at = Date.parse(startTime) + duration - startedAt;
          if (status === 'skipped' || !Number.isFinite(at)) continue;
          const isError = status !== 'passed';
          hear({ type: 'sample', kind: 'test', name, at, time: duration * 1000, isError });
          if (isError) hear({ type: 'failure', at, test: name, message: plain(error?.message ?? status) });
        }
      if (names.length < DEEPEST)
        for (const inner of suite.suites ?? []) walk(inner, [...names, inner.title ?? '']);
    };
    return wholeJson((value) => walk({ suites: (value as Suite).suites ?? [] }, []), hear);
  },
};

/** Without the colours of a terminal. */
function plain(text: string): string {
  return text.replace(COLOURS, '');
}

const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
