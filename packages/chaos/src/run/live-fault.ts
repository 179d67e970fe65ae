import type { ResolvedFile } from '@marteau/file';
import { type BreakRequest, parseDuration } from '@marteau/shared';
import { findProtocol } from '../protocols/index.ts';
import { prepareBehavior } from '../proxy/setting.ts';
import { thereAre, wrong } from '../wrong.ts';
import { detailOf, type PlannedFault } from './faults.ts';

/**
 * What a person asks for on the page of a run, as a fault of it.
 * @param at now, ms since the load began
 * @param length of the load, ms: what says no duration lasts to its end
 * @param number tells it from the others that were asked for so
 * @throws chaos-wrong, which says what would be right
 */
export function liveFault(
  { proxies }: Pick<ResolvedFile, 'proxies'>,
  request: BreakRequest,
  { at, length, number }: { at: number; length: number; number: number },
): PlannedFault {
  const names = Object.keys(proxies);
  const proxy = Object.hasOwn(proxies, request.proxy) ? proxies[request.proxy] : undefined;
  if (proxy === undefined) {
    const known = names.length === 0 ? 'It has none.' : thereAre('It has', names, request.proxy);
    throw wrong(`This run has no proxy '${request.proxy}'. ${known}`);
  }
  const forMs = request.for === undefined ? null : parseDuration(request.for);
  if (request.for !== undefined && (forMs === null || forMs <= 0))
    throw wrong(`'${request.for}' is no duration. Write how long it is to last, such as 20s or 1m30s.`);
  const { behavior, options, probability } = request;
  const setting = { behavior, options, probability };
  prepareBehavior(setting, findProtocol(proxy.protocol));
  const end = forMs === null ? Math.max(length, at + 1) : at + forMs;
  return {
    window: {
      proxy: request.proxy,
      behavior,
      detail: [detailOf(setting), 'by hand'].filter(Boolean).join(', '),
      begin: at,
      end,
      lasting: false,
      recoverWithin: null,
      errors: null,
    },
    setting: { ...setting, name: `marteau-${number}-live` },
  };
}
