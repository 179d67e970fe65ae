import { lookup as systemLookup } from 'node:dns';
import { type IncomingHttpHeaders, type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Allowed } from './outside-policy.ts';

export interface AskOutside {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** How long all of it may take, and what ends it before. */
  readonly signal: AbortSignal;
  /** Of each address that is connected to, also behind a redirect. */
  readonly allowed: Allowed;
  /** Bytes of the answer that are read, once it is unpacked. */
  readonly mostBytes: number;
  /** Redirects that are followed; 0. Only a GET without a body follows any. */
  readonly redirects?: number;
  /** Of these, those to other hosts are refused. */
  readonly sameHost?: boolean;
}

export interface OutsideAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** There was more of it than `mostBytes`. */
  readonly isCut: boolean;
}

/** An address that may not be asked; the message is a part of a sentence. */
export class NotAllowed extends Error {
  override readonly name = 'NotAllowed';
}

const DECODERS: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * The one door through which Marteau itself asks what a project's file names. A name is looked up once, and what was
 * allowed is what is connected to.
 * @throws NotAllowed; Error of the network, of a packing that is damaged; the signal's reason
 */
export async function askOutside(url: string | URL, options: AskOutside): Promise<OutsideAnswer> {
  const { status, headers, body } = await openOutside(url, options);
  return { status, headers, ...(await read(body, options)) };
}

/**
 * The same, with the answer as it comes, unpacked: whoever reads it says how much is enough, and destroys it.
 * @throws NotAllowed; Error of the network; the signal's reason
 */
export async function openOutside(
  url: string | URL,
  options: Omit<AskOutside, 'mostBytes'>,
): Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Readable }> {
  const { signal, redirects = 0 } = options;
  signal.throwIfAborted();
  const where = new URL(url);
  const response = await send(where, options);
  const { statusCode: status = 0, headers } = response;
  if (redirects > 0 && status >= 300 && status < 400 && headers.location !== undefined) {
    response.destroy();
    const next = new URL(headers.location, where);
    if (options.sameHost && next.hostname !== where.hostname)
      throw new NotAllowed(`it sends to another host, ${next.hostname}`);
    return openOutside(next, { ...options, redirects: redirects - 1 });
  }
  return { status, headers, body: unpacked(response) };
}

function send(
  where: URL,
  { method = 'GET', headers = {}, body, signal, allowed }: Omit<AskOutside, 'mostBytes'>,
): Promise<IncomingMessage> {
  const { protocol } = where;
  if (protocol !== 'http:' && protocol !== 'https:') throw new NotAllowed(`${protocol} is not asked`);
  const host = where.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) requireAllowed(allowed, host, host);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const send = protocol === 'https:' ? overHttps : overHttp;
  const asked = send(where, {
    method,
    headers: {
      accept: '*/*',
      'user-agent': 'marteau',
      'accept-encoding': 'gzip, deflate, br',
      ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
      ...headers,
    },
    agent: false,
    signal,
    lookup: checkedLookup(allowed),
  });
  asked.once('response', resolve);
  asked.on('error', (error) => reject(signal.aborted ? signal.reason : error));
  asked.end(body);
  return promise;
}

/** Looks a name up and hands on what is allowed of it; nothing of it is an error. */
function checkedLookup(allowed: Allowed): LookupFunction {
  return (host, options, done) => {
    systemLookup(host, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '', 0);
      const [first, ...others] = found.filter(({ address }) => allowed(address, host));
      if (!first) return done(notAllowed(found[0]?.address ?? host), '', 0);
      return options.all ? done(null, [first, ...others]) : done(null, first.address, first.family);
    });
  };
}

function requireAllowed(allowed: Allowed, address: string, host: string): void {
  if (!allowed(address, host)) throw notAllowed(address);
}

function notAllowed(address: string): NotAllowed {
  return new NotAllowed(`${address} is no address that this server asks`);
}

function unpacked(response: IncomingMessage): Readable {
  const decoder = DECODERS[response.headers['content-encoding']?.trim().toLowerCase() ?? '']?.();
  if (decoder === undefined) return response;
  response.once('error', (error) => decoder.destroy(error));
  decoder.once('close', () => response.destroy());
  return response.pipe(decoder);
}

async function read(
  body: Readable,
  { signal, mostBytes }: AskOutside,
): Promise<Pick<OutsideAnswer, 'text' | 'isCut'>> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // What ends the loop early ends the connection, too.
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > mostBytes) break;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  return { text: Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8'), isCut: length > mostBytes };
}
