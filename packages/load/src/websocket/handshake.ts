import { createHash, randomBytes } from 'node:crypto';
import type { Client } from '../fetch/client.ts';
import type { Failure } from '../fetch/failure.ts';
import { type HeaderLines, withHeaders } from '../fetch/request-headers.ts';
import type { RequestTemplate } from '../fetch/request-template.ts';
import type { ResponseHead } from '../fetch/response-head.ts';
import type { Route } from '../fetch/route.ts';

/** RFC 6455, 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** As Node's own offers it. */
const OFFER = 'permessage-deflate; client_max_window_bits';

/** What both sides agreed upon. */
export interface Agreed {
  readonly protocol: string;
  /** As the server wrote them. */
  readonly extensions: string;
  /** Whether messages of the server may be compressed, and refer to those before them. */
  readonly deflate: { readonly takeover: boolean } | null;
}

/** The request of a handshake (RFC 6455, 4.1), but for its key. @param given the script's own headers */
export function handshakeTemplate(
  { templates }: Client,
  route: Route,
  protocols: readonly string[],
  given: HeaderLines,
): RequestTemplate {
  const own: [string, string][] = [
    ['connection', 'Upgrade'],
    ['upgrade', 'websocket'],
    ['sec-websocket-version', '13'],
    ['sec-websocket-extensions', OFFER],
    ...(protocols.length > 0 ? [['sec-websocket-protocol', protocols.join(', ')] as [string, string]] : []),
    ['pragma', 'no-cache'],
    ['cache-control', 'no-cache'],
  ];
  const missing = own.filter(([name]) => !given.names.has(name));
  const headers = withHeaders(given, missing);
  // An answer that is no answer has no body worth unfolding.
  const names = new Set([...headers.names, 'accept', 'accept-encoding']);
  return templates.make('GET', throughTunnel(route), { ...headers, names });
}

/** Behind a tunnel there is no proxy to speak to. */
function throughTunnel(route: Route): Route {
  if (route.origin.proxy === null) return route;
  const { pathname, search } = new URL(route.href);
  return { ...route, path: pathname + search, origin: { ...route.origin, proxy: null } };
}

export function newKey(): string {
  return randomBytes(16).toString('base64');
}

/** What an answer to a handshake agrees to, or why it is none (RFC 6455, 4.1; RFC 7692, 7.1). */
export function readAnswer(
  { status, statusText, lines }: ResponseHead,
  key: string,
  asked: readonly string[],
): Agreed | Failure {
  if (status !== 101) return refused(`${status}`, `the server answered ${status} ${statusText}`.trimEnd());
  const field = (name: string) => fieldsOf(lines, name).join(', ');
  if (field('upgrade').toLowerCase() !== 'websocket')
    return refused('upgrade', 'the answer does not upgrade to websocket');
  const options = field('connection').toLowerCase().split(',');
  if (!options.some((option) => option.trim() === 'upgrade'))
    return refused('upgrade', 'the answer has no "Connection: Upgrade"');
  if (field('sec-websocket-accept') !== acceptOf(key))
    return refused('accept', 'the Sec-WebSocket-Accept of the answer does not belong to the key');
  const protocols = fieldsOf(lines, 'sec-websocket-protocol');
  const protocol = protocols[0] ?? '';
  if (protocols.length > 1 || (protocol !== '' && !asked.includes(protocol)))
    return refused(
      'protocol',
      `the server chose the protocol ${JSON.stringify(protocol)}, which was not offered`,
    );
  const extensions = field('sec-websocket-extensions');
  const deflate = readDeflate(extensions);
  if (deflate === 'bad') return refused('extension', `the server chose ${JSON.stringify(extensions)}`);
  return { protocol, extensions, deflate };
}

/** What a server must answer to a key. */
function acceptOf(key: string): string {
  return createHash('sha1')
    .update(key + GUID)
    .digest('base64');
}

function readDeflate(extensions: string): Agreed['deflate'] | 'bad' {
  if (extensions === '') return null;
  const [name, ...parameters] = extensions.split(';').map((part) => part.trim());
  if (name !== 'permessage-deflate') return 'bad';
  const seen = new Set<string>();
  for (const parameter of parameters) {
    const [key = '', value] = parameter.split('=').map((part) => part.trim());
    if (seen.has(key)) return 'bad';
    seen.add(key);
    const isBits = key === 'server_max_window_bits' || key === 'client_max_window_bits';
    const isFlag = key === 'server_no_context_takeover' || key === 'client_no_context_takeover';
    const bits = /^"?(8|9|1[0-5])"?$/.test(value ?? '');
    if (isBits ? !bits : !(isFlag && value === undefined)) return 'bad';
  }
  return { takeover: !seen.has('server_no_context_takeover') };
}

function fieldsOf(lines: string, name: string): string[] {
  return lines.split('\r\n').flatMap((line) => {
    const colon = line.indexOf(':');
    return line.slice(0, colon).toLowerCase() === name ? [line.slice(colon + 1).trim()] : [];
  });
}

function refused(code: string, message: string): Failure {
  return { code: `ws: ${code}`, message };
}
