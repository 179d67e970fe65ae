import type { Hear, Reading } from '../reader.ts';
import { errorClass } from '../text/outcome.ts';
import { Seconds } from '../text/seconds.ts';

const STATUS = /but actually found (\d{3})\b/i;

/** What a log of Gatling tells, whichever way it is written. Moments are ms since 1970. */
export function gatlingEvents(hear: Hear, { startedAt, expected }: Reading) {
  const seconds = new Seconds(hear);
  const begun = new Map<string, number>();
  let users = 0;
  return {
    request(
      groups: readonly string[],
      name: string,
      start: number,
      end: number,
      ok: boolean,
      message: string,
    ): void {
      const at = end - startedAt;
      const code = STATUS.exec(message)?.[1];
      const isError = !ok && !(code !== undefined && expected.has(Number(code)));
      const label = [...groups, name].join(' > ');
      const outcome = code ?? (ok ? 'OK' : errorClass(message));
      hear({
        type: 'sample',
        kind: 'request',
        name: label,
        at,
        time: Math.max(0, end - start) * 1000,
        isError,
        outcome,
      });
      if (isError) hear({ type: 'failure', kind: 'error', at, test: '', label, message });
      seconds.saw(at);
    },
    group(groups: readonly string[], start: number, end: number, ok: boolean): void {
      const at = end - startedAt;
      const name = groups.join(' > ');
      hear({ type: 'sample', kind: 'step', name, at, time: Math.max(0, end - start) * 1000, isError: !ok });
    },
    /** Gatling does not say which user ends: how long a scenario took is not known. */
    user(scenario: string, isStart: boolean, moment: number): void {
      const at = moment - startedAt;
      users += isStart ? 1 : -1;
      begun.set(scenario, (begun.get(scenario) ?? 0) + (isStart ? 1 : 0));
      seconds.users(at, Math.max(0, users));
      if (isStart) seconds.started(at);
      seconds.saw(at);
    },
    error(message: string, moment: number): void {
      hear({ type: 'failure', at: moment - startedAt, test: '', message });
    },
    end: () => seconds.end(),
  };
}
