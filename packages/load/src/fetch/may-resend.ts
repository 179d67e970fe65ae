import type { Exchange } from './exchange.ts';
import { isReplayable } from './request-body.ts';

/** RFC 9110, 9.2.2: what may be sent twice without doing it twice. */
export function mayResend({ resent, request }: Exchange): boolean {
  const idempotent = /^(?:GET|HEAD|OPTIONS|PUT|DELETE)$/.test(request.template.method);
  return !resent && idempotent && isReplayable(request.body);
}
