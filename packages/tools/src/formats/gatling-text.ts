import type { Hear, Reader, Reading } from '../reader.ts';
import { lines } from '../text/lines.ts';
import { gatlingEvents } from './gatling-events.ts';

/** Tab-separated, as Gatling 3.4 to 3.12 write it. */
export function gatlingText(hear: Hear, reading: Reading): Reader {
  const events = gatlingEvents(hear, reading);
  const listOf = (groups = ''): string[] => (groups.trim() === '' ? [] : groups.split(','));
  return lines(
    (line) => {
      const [kind, ...rest] = line.split('\t');
      if (kind === 'REQUEST' && rest.length >= 5) {
        const [groups, name = '', start, end, status, message = ''] = rest;
        const [from, to] = [Number(start), Number(end)];
        if (from > 0 && to > 0 && (status === 'OK' || status === 'KO'))
          events.request(listOf(groups), name, from, to, status === 'OK', message.trim());
      } else if (kind === 'USER' && rest.length >= 3) {
        const [scenario = '', what, moment] = rest;
        if (Number(moment) > 0) events.user(scenario, what === 'START', Number(moment));
      } else if (kind === 'GROUP' && rest.length >= 5) {
        const [groups, start, end, , status] = rest;
        if (Number(start) > 0 && Number(end) > 0)
          events.group(listOf(groups), Number(start), Number(end), status === 'OK');
      } else if (kind === 'ERROR' && rest.length >= 2) events.error(rest[0]!, Number(rest[1]));
    },
    { onEnd: () => events.end() },
  );
}
