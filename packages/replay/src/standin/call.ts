import type { IncomingMessage, ServerResponse } from 'node:http';
import { tunnelOf } from '../listen/any-port.ts';
import { type HeaderList, pairs } from '../tape/headers.ts';

/** One request to a stand-in. */
export interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  method: string;
  /** The server that the client means; null where a stand-in for one server was called directly. */
  origin: string | null;
  target: string;
  headers: HeaderList;
  hasBody: boolean;
}

/**
 * What a request asks of whom, or why it is refused, as a sentence. Node's parser has refused the worst framing before
 * (both lengths and chunks, two lengths, folded headers); what is left are requests whose server is not clear.
 */
export function readCall(request: IncomingMessage, response: ServerResponse): Call | string {
  const { rawHeaders, method = 'GET', url = '/' } = request;
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]!.length === 4 && rawHeaders[i]!.toLowerCase() === 'host') hosts++;
  }
  if (hosts > 1)
    return 'The request has several Host headers, so that it is not clear which server it is for.';
  const hasBody =
    request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
  const call = { request, response, method, headers: pairs(rawHeaders), hasBody };
  if (url.startsWith('/') || url === '*')
    return { ...call, origin: usual(tunnelOf(request.socket)), target: url };
  const [, origin, rest = ''] = /^(https?:\/\/[^/?#\s@]+)((?:[/?][^#\s]*)?)$/i.exec(url) ?? [];
  if (origin === undefined || !URL.canParse(origin))
    return `The request is for '${url.slice(0, 80)}', which is no path and no http:// address.`;
  return { ...call, origin: usual(origin.toLowerCase()), target: rest.startsWith('/') ? rest : `/${rest}` };
}

/** Without the port that everybody knows. */
function usual(origin: string | null): string | null {
  return origin?.toLowerCase().replace(/^(http:.*):80$|^(https:.*):443$/, '$1$2') ?? null;
}
