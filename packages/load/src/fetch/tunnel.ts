import type { Socket } from 'node:net';
import { hostInUrl } from '@marteau/net';
import type { Failure } from './failure.ts';
import { ParseError } from './parse-error.ts';
import type { HttpProxy } from './proxy.ts';
import { parseHead } from './response-head.ts';
import type { Origin } from './route.ts';

const LONGEST_ANSWER = 16 * 1024;

/**
 * Asks a proxy for a tunnel to an origin (CONNECT; RFC 9110, 9.3.6), on a socket that has just been connected and that
 * nobody reads yet.
 * @param done is called once: without a failure the socket is the tunnel, and `rest` what has come through it already
 */
export function openTunnel(
  socket: Socket,
  proxy: HttpProxy,
  { hostname, port }: Origin,
  done: (failure: Failure | null, rest: Buffer) => void,
): void {
  const authority = `${hostInUrl(hostname)}:${port}`;
  const authorization = proxy.authorization ? `proxy-authorization: ${proxy.authorization}\r\n` : '';
  let answer = '';
  const end = (failure: Failure | null, rest = '') => {
    socket.off('data', read);
    done(failure, Buffer.from(rest, 'latin1'));
  };
  const read = (bytes: Buffer) => {
    answer += bytes.toString('latin1');
    const length = answer.indexOf('\r\n\r\n');
    if (length >= 0) end(failureIn(answer.slice(0, length)), answer.slice(length + 4));
    else if (answer.length > LONGEST_ANSWER)
      end({ code: 'proxy: parse', message: 'the proxy does not answer CONNECT with HTTP' });
  };
  socket.on('data', read);
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n${authorization}\r\n`, 'latin1');
}

function failureIn(head: string): Failure | null {
  try {
    const { status, statusText } = parseHead(head);
    if (status < 200 || status >= 300) {
      const message = `the proxy answered CONNECT with ${status} ${statusText}`.trimEnd();
      return { code: `proxy: ${status}`, message };
    }
    return null;
  } catch (error) {
    if (error instanceof ParseError) return { code: 'proxy: parse', message: error.message };
    throw error;
  }
}
