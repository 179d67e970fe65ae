import type { Figures, Hear, Reading } from '../reader.ts';
import { errorClass, isErrorStatus } from '../text/outcome.ts';
import { requestNames } from '../text/request-name.ts';
import { Seconds } from '../text/seconds.ts';

/** One exchange that passed a measuring proxy. */
export interface Passed {
  /** When its last byte had passed, ms since 1970. */
  readonly at: number;
  /** µs */
  readonly time: number;
  readonly method: string;
  readonly url: string;
  /** 0 where there was no whole answer; then `error` says why. */
  readonly status: number;
  readonly error: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export const wireFigures: Figures = {
  precision: 'raw',
  resolutionUs: 1,
  time: 'from the request at Marteau’s proxy, which stands on the node, to the last byte of the answer',
};

/** Tells what passed a measuring proxy. */
export function wireTeller(hear: Hear, { startedAt, fold, expected }: Reading) {
  const nameOf = requestNames(fold);
  const seconds = new Seconds(hear);
  return {
    tell(passed: readonly Passed[], now: number): void {
      for (const { at: told, time, method, url, status, error, bytesIn, bytesOut } of passed) {
        const at = told - startedAt;
        const isError = isErrorStatus(status, expected);
        const name = nameOf(method, url);
        const outcome = status === 0 ? errorClass(error) : String(status);
        hear({ type: 'sample', kind: 'request', name, at, time, isError, outcome, bytesIn, bytesOut });
        if (status === 0) hear({ type: 'failure', kind: 'error', at, test: '', label: name, message: error });
      }
      seconds.saw(now - startedAt);
    },
    end: () => seconds.end(),
  };
}
