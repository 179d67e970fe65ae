import type { Format } from '../reader.ts';
import { lines } from '../text/lines.ts';
import { Seconds } from '../text/seconds.ts';

/** What our reporter of Playwright writes. */
export const playwrightLines: Format = {
  name: 'playwright-lines',
  figures: {
    precision: 'raw',
    resolutionUs: 1000,
    time: 'a whole test in the browser, waits included: its requests are not told',
  },
  reader(hear, { startedAt }) {
    const seconds = new Seconds(hear);
    return lines(
      (line) => {
        const row = parse(line);
        if (row === null || row.status === 'skipped') return;
        const { start, ms, name, status, message, users } = row;
        const at = start + ms - startedAt;
        const isError = status !== 'passed';
        hear({ type: 'sample', kind: 'test', name, at, time: ms * 1000, isError });
        if (isError) hear({ type: 'failure', at, test: name, message: plain(message || status) });
        seconds.started(at);
        seconds.users(at, users);
        seconds.saw(at);
      },
      { onEnd: () => seconds.end() },
    );
  },
};

interface Row {
  /** ms since 1970 */
  readonly start: number;
  readonly ms: number;
  readonly name: string;
  readonly status: string;
  readonly message: string;
  /** Workers with a test. */
  readonly users: number;
}

/** Null for what is no such line. */
function parse(line: string): Row | null {
  try {
    const { start, ms, name, status, message, users } = JSON.parse(line) as Record<string, unknown>;
    if (!Number.isFinite(start) || !(Number(ms) >= 0) || typeof name !== 'string') return null;
    return {
      start: Number(start),
      ms: Number(ms),
      name,
      status: String(status),
      message: String(message ?? ''),
      users: Number(users) || 0,
    };
  } catch {
    return null;
  }
}

/** Without the colours of a terminal. */
function plain(text: string): string {
  return text.replace(COLOURS, '');
}

const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
