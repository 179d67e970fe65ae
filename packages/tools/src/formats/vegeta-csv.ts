import type { Format } from '../reader.ts';
import { errorClass, isErrorStatus } from '../text/outcome.ts';
import { requestNames } from '../text/request-name.ts';
import { rows } from '../text/rows.ts';
import { Seconds } from '../text/seconds.ts';

/** `vegeta attack … | vegeta encode -to csv`: one line a request, as it ends. */
export const vegetaCsv: Format = {
  name: 'vegeta-csv',
  figures: {
    precision: 'raw',
    resolutionUs: 0.001,
    time: 'from the request to the last byte, with connecting; from when it was sent, not from when it was due',
  },
  reader(hear, { startedAt, fold, expected }) {
    const nameOf = requestNames(fold);
    const seconds = new Seconds(hear);
    return rows(
      (row) => {
        if (row.length < 11) return;
        const [stamp, code, latency, bytesOut, bytesIn, error = '', , , , method = 'GET', url = '/'] = row;
        const time = Number(latency) / 1000;
        const at = Number(stamp) / 1e6 + time / 1000 - startedAt;
        const status = Number(code);
        if (!(time >= 0) || !Number.isFinite(at)) return;
        const isError = isErrorStatus(status, expected);
        const name = nameOf(method, url);
        hear({
          type: 'sample',
          kind: 'request',
          name,
          at,
          time,
          isError,
          outcome: status === 0 ? errorClass(error) : String(status),
          bytesIn: Number(bytesIn),
          bytesOut: Number(bytesOut),
        });
        if (isError && error !== '')
          hear({ type: 'failure', kind: 'error', at, test: '', label: name, message: error });
        seconds.saw(at);
      },
      () => seconds.end(),
    );
  },
};
