import type { Format } from '../reader.ts';
import { errorClass, isErrorStatus } from '../text/outcome.ts';
import { rows } from '../text/rows.ts';
import { Seconds } from '../text/seconds.ts';

/** µs of a unit that a column's name ends in. */
const units: Readonly<Record<string, number>> = { s: 1e6, ms: 1e3, us: 1, ns: 1e-3 };
const WANTED =
  'start_ms (or end_ms; s, ms, us or ns since 1970), elapsed_ms (or s, us, ns), and as far as known label, status, error, bytes';

/** Any program's own lines: a header that names its columns, units in the names. */
export const csv: Format = {
  name: 'csv',
  figures: { precision: 'raw', resolutionUs: 1, time: 'as the command measured it' },
  reader(hear, { startedAt, expected }) {
    let columns: Columns | null = null;
    const seconds = new Seconds(hear);
    return rows(
      (row) => {
        if (columns === null) {
          columns = columnsOf(row);
          if (columns.elapsed === null || columns.moment === null)
            hear({
              type: 'note',
              text: `The first line of the results has to name its columns: ${WANTED}. Nothing was read.`,
            });
          return;
        }
        const { elapsed, moment, isEnd } = columns;
        if (elapsed === null || moment === null) return;
        const time = Number(row[elapsed.index]) * elapsed.us;
        const told = (Number(row[moment.index]) * moment.us) / 1000;
        if (!(time >= 0) || !(told > 0)) return;
        const at = told + (isEnd ? 0 : time / 1000) - startedAt;
        const [name = 'all requests', status = '', error = '', bytes = '0'] = [
          columns.label,
          columns.status,
          columns.error,
          columns.bytes,
        ].map((index) => (index === null ? undefined : row[index]));
        const isError = error !== '' || (status !== '' && isErrorStatus(Number(status), expected));
        const outcome = status === '' || status === '0' ? (isError ? errorClass(error) : 'ok') : status;
        hear({
          type: 'sample',
          kind: 'request',
          name,
          at,
          time,
          isError,
          outcome,
          bytesIn: Number(bytes) || 0,
        });
        if (error !== '') hear({ type: 'failure', kind: 'error', at, test: '', label: name, message: error });
        seconds.saw(at);
      },
      () => seconds.end(),
    );
  },
};

interface Column {
  readonly index: number;
  readonly us: number;
}

interface Columns {
  readonly elapsed: Column | null;
  readonly moment: Column | null;
  readonly isEnd: boolean;
  readonly label: number | null;
  readonly status: number | null;
  readonly error: number | null;
  readonly bytes: number | null;
}

function columnsOf(header: readonly string[]): Columns {
  const names = header.map((name) => name.trim().toLowerCase());
  const measured = (pattern: RegExp): Column | null => {
    const index = names.findIndex((name) => pattern.test(name));
    return index < 0 ? null : { index, us: units[/_(s|ms|us|ns)$/.exec(names[index]!)![1]!]! };
  };
  const called = (...known: string[]): number | null => {
    const index = names.findIndex((name) => known.includes(name));
    return index < 0 ? null : index;
  };
  const end = measured(/^end_(s|ms|us|ns)$/);
  return {
    elapsed: measured(/^(elapsed|latency|duration|time)_(s|ms|us|ns)$/),
    moment: end ?? measured(/^(start|timestamp)_(s|ms|us|ns)$/),
    isEnd: end !== null,
    label: called('label', 'name'),
    status: called('status', 'code'),
    error: called('error', 'message'),
    bytes: called('bytes'),
  };
}
