import type { Metric, MetricKind } from '@marteau/measure';
import type { Phase } from '../observation.ts';
import type { Hear, Reading } from '../reader.ts';
import { errorClass } from '../text/outcome.ts';
import { requestNames } from '../text/request-name.ts';
import { Seconds } from '../text/seconds.ts';

/** Tags of a sample that are read. */
export interface K6Tags {
  readonly method?: string;
  readonly status?: string;
  readonly name?: string;
  readonly group?: string;
  readonly scenario?: string;
  readonly check?: string;
  readonly error?: string;
  readonly error_code?: string;
  readonly expected_response?: string;
}

const phases: Readonly<Record<string, Phase>> = {
  http_req_blocked: 'blocked',
  http_req_connecting: 'connect',
  http_req_tls_handshaking: 'tls',
  http_req_sending: 'sending',
  http_req_waiting: 'waiting',
  http_req_receiving: 'receiving',
};

/** What k6 says of itself and is of no use here. */
const OF_NO_USE =
  /^(http_reqs|http_req_failed|data_sent|data_received|iterations|vus_max|ws_|grpc_|browser_)/;

export const k6Figures = {
  precision: 'raw',
  resolutionUs: 0.001,
  time: 'from sending to the last byte, without DNS, connecting and TLS (http_req_duration)',
} as const;

/** Takes single values of k6's metrics, and tells what they mean. A request is told by its http_req_duration. */
export function k6Points(hear: Hear, { startedAt, fold, expected }: Reading) {
  const nameOf = requestNames(fold);
  const seconds = new Seconds(hear, { isOpen: true });
  const metrics = new Map<string, Metric>();

  const labelOf = ({ method = 'GET', name = '' }: K6Tags): string =>
    /^https?:\/\//i.test(name) ? nameOf(method, name) : name || method;

  return {
    /** Whether a metric says anything that is read. */
    isRead: (metric: string): boolean => !OF_NO_USE.test(metric),
    /** A metric that the script made: what its values are. */
    declare(name: string, type: string, contains: string): void {
      const kind = type === 'trend' || type === 'counter' || type === 'rate' ? (type as MetricKind) : null;
      if (kind === null || name in phases || OF_NO_USE.test(name) || own.has(name)) return;
      const unit = contains === 'time' ? 'us' : contains === 'data' ? 'bytes' : 'number';
      metrics.set(name, { kind, name, unit });
    },
    /** @param moment ms since 1970 */
    point(metric: string, moment: number, value: number, tags: K6Tags): void {
      const at = moment - startedAt;
      if (!Number.isFinite(at) || !Number.isFinite(value)) return;
      const phase = phases[metric];
      if (phase) {
        if (value > 0) hear({ type: 'phase', at, name: labelOf(tags), phase, time: value * 1000 });
        return;
      }
      switch (metric) {
        case 'http_req_duration': {
          const { status = '0', error = '', expected_response: isExpected } = tags;
          const isError =
            isExpected === undefined ? status === '0' || Number(status) >= 400 : isExpected !== 'true';
          const name = labelOf(tags);
          const counts = isError && !expected.has(Number(status));
          const outcome =
            status === '0' || status === '' ? errorClass(error || `k6 ${tags.error_code ?? ''}`) : status;
          hear({ type: 'sample', kind: 'request', name, at, time: value * 1000, isError: counts, outcome });
          if (counts && (status === '0' || status === ''))
            hear({
              type: 'failure',
              kind: 'error',
              at,
              test: tags.scenario ?? '',
              label: name,
              message: error,
            });
          break;
        }
        case 'iteration_duration':
          hear({ type: 'sample', kind: 'test', name: tags.scenario ?? 'default', at, time: value * 1000 });
          seconds.started(at);
          break;
        case 'group_duration':
          hear({ type: 'sample', kind: 'step', name: groupOf(tags.group), at, time: value * 1000 });
          break;
        case 'checks': {
          const name = tags.check ?? 'check';
          hear({ type: 'metric', at, metric: { kind: 'check', name, unit: 'number' }, value });
          break;
        }
        case 'dropped_iterations':
          seconds.dropped(at, value);
          break;
        case 'vus':
          seconds.users(at, value);
          break;
        default: {
          const known = metrics.get(metric);
          if (known)
            hear({ type: 'metric', at, metric: known, value: known.unit === 'us' ? value * 1000 : value });
        }
      }
      seconds.saw(at);
    },
    end: () => seconds.end(),
  };
}

const own = new Set([
  'http_req_duration',
  'iteration_duration',
  'group_duration',
  'checks',
  'dropped_iterations',
  'vus',
]);

/** `::shop::cart` is `shop > cart`. */
function groupOf(group = ''): string {
  return group.replace(/^::/, '').replaceAll('::', ' > ');
}
