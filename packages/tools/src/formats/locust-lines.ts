import type { Format } from '../reader.ts';
import { lines } from '../text/lines.ts';
import { errorClass } from '../text/outcome.ts';
import { Seconds } from '../text/seconds.ts';

/**
 * Lines of JSON of a listener of Locust's events: `[start in s, type, name, ms, bytes, exception or null, status, user
 * count]`. What is no such line is left out.
 */
export const locustLines: Format = {
  name: 'locust-lines',
  figures: {
    precision: 'raw',
    resolutionUs: 1,
    time: 'from the request to the last byte, with connecting',
  },
  reader(hear, { startedAt, expected }) {
    const seconds = new Seconds(hear);
    return lines(
      (line) => {
        const row = parse(line);
        if (row === null) return;
        const [start, type, path, ms, bytes, exception, status, users] = row;
        const at = Number(start) * 1000 + Number(ms) - startedAt;
        if (!Number.isFinite(at) || !(Number(ms) >= 0)) return;
        const name = `${type} ${path}`;
        const isTask = type === 'TASK' || type === 'ITERATION';
        const isAnswered = typeof status === 'number' && status > 0;
        const isError =
          exception !== null && exception !== undefined && !(isAnswered && expected.has(status));
        hear({
          type: 'sample',
          kind: isTask ? 'test' : 'request',
          name: isTask ? String(path) : name,
          at,
          time: Number(ms) * 1000,
          isError,
          outcome: isAnswered ? String(status) : isError ? errorClass(String(exception)) : 'ok',
          bytesIn: Number(bytes) || 0,
        });
        if (isError)
          hear({
            type: 'failure',
            at,
            message: String(exception),
            ...(isTask ? { test: String(path) } : { kind: 'error' as const, test: '', label: name }),
          });
        if (isTask) seconds.started(at);
        if (typeof users === 'number') seconds.users(at, users);
        seconds.saw(at);
      },
      { onEnd: () => seconds.end() },
    );
  },
};

function parse(line: string): unknown[] | null {
  if (!line.startsWith('[')) return null;
  try {
    const row: unknown = JSON.parse(line);
    return Array.isArray(row) && row.length >= 6 ? row : null;
  } catch {
    return null;
  }
}
