import { type Fields, fields, namedValues } from './fields.ts';

/** Why an entry is no exchange: what browsers put among the requests though nothing, or something else, went over the wire. */
export function whyLeftOut(entry: Fields): string | null {
  const [{ method, url, headers }, response] = [fields(entry.request), fields(entry.response)];
  const address = String(url).trim();
  const status = Number(response.status);
  if (method === 'CONNECT') return 'it is a tunnel, and what passed through it was not recorded';
  if (/^wss?:/i.test(address) || entry._resourceType === 'websocket') return 'it is a WebSocket';
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(address)?.[0] ?? `${address.slice(0, 12)}…`;
  if (!/^https?:\/\//i.test(address)) return `${scheme} is not on the network`;
  if (status === 101) {
    const protocol = namedValues(headers)?.find(({ name }) => /^upgrade$/i.test(name))?.value ?? 'websocket';
    return /websocket/i.test(protocol) ? 'it is a WebSocket' : `its connection became one of ${protocol}`;
  }
  if (status > 0 && status < 200) return `its answer (${status}) is only what came before another`;
  if (!response.status || status <= 0) {
    const why = response._error ?? response._failureText;
    return `it was never answered${typeof why === 'string' && why !== '' ? ` (${why})` : ''}`;
  }
  return null;
}
