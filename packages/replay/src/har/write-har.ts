import { isText } from '../tape/body.ts';
import type { Exchange, RecordedAnswer, RecordedRequest } from '../tape/exchange.ts';
import { type HeaderList, header } from '../tape/headers.ts';
import { asciiTarget } from '../tape/target.ts';
import { characters } from './characters.ts';
import { survives } from './charset.ts';
import type { HarEntry } from './har.ts';

/** What stands before the first entry and after the last; an entry has a line of its own, so that a torn file can be read. */
export const HAR_START = '{"log":{"version":"1.2","creator":{"name":"Marteau","version":"0.1"},"entries":[\n';
export const HAR_END = '\n]}}\n';

/** A whole tape as HAR 1.2. */
export function writeHar(exchanges: readonly Exchange[]): Buffer {
  return Buffer.from(HAR_START + exchanges.map(writeEntry).join(',\n') + HAR_END);
}

/** One entry, on one line. */
export function writeEntry({ comment, startedAt, latencyMs, request, answer }: Exchange): string {
  const entry: HarEntry = {
    // The format has no "unknown": the beginning of time and a time of -1 stand for it.
    startedDateTime: new Date(startedAt ?? 0).toISOString(),
    time: latencyMs ?? -1,
    request: harRequest(request),
    response: harResponse(answer),
    cache: {},
    timings: { send: 0, wait: latencyMs ?? -1, receive: 0 },
    ...(comment === '' ? {} : { comment }),
  };
  return JSON.stringify(entry);
}

function harRequest({ method, origin, version, headers, body, cutFrom, ...rest }: RecordedRequest) {
  const target = asciiTarget(rest.target);
  const url = `${origin ?? `http://${header(headers, 'host') ?? 'any'}`}${target.startsWith('/') ? target : `/${target}`}`;
  const text = isText(body);
  return {
    method,
    url,
    httpVersion: `HTTP/${version}`,
    cookies: [] as [],
    headers: named(headers),
    queryString: queryOf(target),
    headersSize: -1 as const,
    bodySize: body.length,
    ...(body.length === 0
      ? {}
      : {
          postData: {
            mimeType: header(headers, 'content-type') ?? '',
            text: body.toString(text ? 'utf8' : 'base64'),
            ...(text ? {} : { _encoding: 'base64' as const }),
          },
        }),
    ...(cutFrom === null ? {} : { _cutFrom: cutFrom }),
    ...(origin === null ? { _target: target } : {}),
  };
}

function harResponse({ status, reason, version, headers, body, cutFrom }: RecordedAnswer) {
  const text = isText(body) && survives({ headers, body });
  return {
    status,
    statusText: reason,
    httpVersion: `HTTP/${version}`,
    cookies: [] as [],
    headers: named(headers),
    content: {
      size: body.length,
      mimeType: header(headers, 'content-type') ?? '',
      ...(body.length === 0 ? {} : { text: body.toString(text ? 'utf8' : 'base64') }),
      ...(text ? {} : { encoding: 'base64' as const }),
    },
    redirectURL: header(headers, 'location') ?? '',
    headersSize: -1 as const,
    bodySize: body.length,
    ...(cutFrom === null ? {} : { _cutFrom: cutFrom }),
  };
}

const named = (headers: HeaderList) => headers.map(([name, value]) => ({ name, ...characters(value) }));

function queryOf(target: string): { name: string; value: string }[] {
  const at = target.indexOf('?');
  if (at === -1) return [];
  return [...new URLSearchParams(target.slice(at))].map(([name, value]) => ({ name, value }));
}
