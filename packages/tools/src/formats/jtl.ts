import type { Format } from '../reader.ts';
import { errorClass } from '../text/outcome.ts';
import { rows } from '../text/rows.ts';
import { Seconds } from '../text/seconds.ts';

const NO_ANSWER = /^Non HTTP response code: ?/;
const TRANSACTION = /^Number of samples in transaction/;

/** JMeter's results as CSV with a header, in any order of columns. */
export const jtl: Format = {
  name: 'jtl',
  figures: {
    precision: 'raw',
    resolutionUs: 1000,
    time: 'from the request to the last byte, with connecting (elapsed)',
  },
  reader(hear, { startedAt }) {
    let columns: ReadonlyMap<string, number> | null = null;
    const seconds = new Seconds(hear);
    return rows(
      (row) => {
        if (columns === null) {
          columns = new Map(row.map((name, i) => [name.trim(), i]));
          const missing = ['timeStamp', 'elapsed', 'label', 'success'].filter((name) => !columns!.has(name));
          if (missing.length > 0)
            hear({
              type: 'note',
              text: `The results of JMeter lack the columns ${missing.join(', ')}: nothing was read. Save them as CSV with a header.`,
            });
          return;
        }
        const of = (name: string): string => row[columns!.get(name) ?? -1] ?? '';
        const elapsed = Number(of('elapsed'));
        const stamp = of('timeStamp') === '' ? Number.NaN : Number(of('timeStamp'));
        const success = of('success');
        if (!(elapsed >= 0) || !(stamp > 0) || (success !== 'true' && success !== 'false')) return;
        const at = stamp + elapsed - startedAt;
        const [name, isError, message] = [of('label'), success === 'false', of('responseMessage')];
        const isTransaction = TRANSACTION.test(message) && (of('URL') === '' || of('URL') === 'null');
        const code = of('responseCode');
        hear({
          type: 'sample',
          kind: isTransaction ? 'step' : 'request',
          name,
          at,
          time: elapsed * 1000,
          isError,
          outcome:
            NO_ANSWER.test(code) || code === ''
              ? errorClass(`${code.replace(NO_ANSWER, '')} ${message}`)
              : code,
          bytesIn: Number(of('bytes')) || 0,
          bytesOut: Number(of('sentBytes')) || 0,
        });
        const [connect, latency] = [Number(of('Connect')), Number(of('Latency'))];
        if (!isTransaction && connect > 0)
          hear({ type: 'phase', at, name, phase: 'connect', time: connect * 1000 });
        if (!isTransaction && latency > 0)
          hear({ type: 'phase', at, name, phase: 'waiting', time: Math.max(0, latency - connect) * 1000 });
        if (isError && !isTransaction)
          hear({
            type: 'failure',
            kind: 'error',
            at,
            test: '',
            label: name,
            message: of('failureMessage') || message || code,
          });
        const users = Number(of('allThreads'));
        if (users > 0) seconds.users(at, users);
        seconds.saw(at);
      },
      () => seconds.end(),
    );
  },
};
