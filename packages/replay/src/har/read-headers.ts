import { type HeaderList, header } from '../tape/headers.ts';
import { wireBytes } from './characters.ts';
import { type Fields, fields, namedValues } from './fields.ts';

/** Drops the pseudo headers of HTTP/2, and parts what Chrome joins with newlines. */
function readHeaders(written: unknown, note: (sentence: string) => void): HeaderList {
  const list: [string, string][] = [];
  for (const { name, value, more } of namedValues(written) ?? []) {
    if (name === '' || name.startsWith(':')) continue;
    const key = name.trim();
    if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(key)) {
      note(`the header '${key.slice(0, 40)}' has a name that no header can have, and was left out`);
      continue;
    }
    for (const part of value.split(/\r?\n/))
      list.push([key, wireBytes(fieldValue(key, part, note), more._utf8 === true)]);
  }
  return list;
}

/** What a field can hold: no control characters, and no spaces around it. */
function fieldValue(key: string, value: string, note: (sentence: string) => void): string {
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(value))
    note(`the header ${key} has control characters, which were left out`);
  return value.replace(/[\0-\x08\x0a-\x1f\x7f]/g, '').trim();
}

/** A request's headers, with what some exporters say elsewhere: its cookies, and who asked. */
export function requestHeaders(
  request: Fields,
  userinfo: string | null,
  note: (sentence: string) => void,
): HeaderList {
  const headers = readHeaders(request.headers, note);
  const cookies = header(headers, 'cookie') === null ? namedValues(request.cookies) : null;
  const told: [string, string][] = [];
  if (cookies !== null)
    told.push(['Cookie', cookies.map(({ name, value }) => `${name}=${value}`).join('; ')]);
  if (userinfo !== null && header(headers, 'authorization') === null)
    told.push(['Authorization', `Basic ${Buffer.from(decoded(userinfo)).toString('base64')}`]);
  return withTold(headers, told, note);
}

/** An answer's headers, with what some exporters say elsewhere: cookies, where a redirect leads, and the type. */
export function answerHeaders(response: Fields, note: (sentence: string) => void): HeaderList {
  const headers = readHeaders(response.headers, note);
  const told: [string, string][] = [];
  const { redirectURL, status, cookies } = response;
  const isRedirect = Number(status) >= 300 && Number(status) < 400;
  if (
    isRedirect &&
    typeof redirectURL === 'string' &&
    redirectURL !== '' &&
    header(headers, 'location') === null
  )
    told.push(['Location', redirectURL]);
  if (header(headers, 'set-cookie') === null)
    for (const cookie of namedValues(cookies) ?? []) told.push(['Set-Cookie', cookieLine(cookie)]);
  const { mimeType } = fields(response.content);
  // Of a 304 the browser shows the type that it had before.
  const isBare = headers.length === 0 || Number(status) === 304;
  if (isBare && isType(mimeType) && header(headers, 'content-type') === null)
    told.push(['Content-Type', mimeType]);
  return withTold(headers, told, note);
}

function withTold(
  headers: HeaderList,
  told: readonly [string, string][],
  note: (sentence: string) => void,
): HeaderList {
  if (told.length === 0) return headers;
  return [
    ...headers,
    ...told.map(([name, value]) => [name, wireBytes(fieldValue(name, value, note))] as const),
  ];
}

export function isType(written: unknown): written is string {
  return typeof written === 'string' && /^[\w.+-]+\/[\w.+*-]+\s*(;[ -~]*)?$/.test(written);
}

function cookieLine({ name, value, more }: { name: string; value: string; more: Fields }): string {
  const { path, domain, expires, httpOnly, secure, sameSite } = more;
  const until = typeof expires === 'string' ? Date.parse(expires) : Number.NaN;
  return [
    `${name}=${value}`,
    ...(typeof path === 'string' && path !== '' ? [`Path=${path}`] : []),
    ...(typeof domain === 'string' && domain !== '' ? [`Domain=${domain}`] : []),
    ...(Number.isFinite(until) ? [`Expires=${new Date(until).toUTCString()}`] : []),
    ...(httpOnly === true ? ['HttpOnly'] : []),
    ...(secure === true ? ['Secure'] : []),
    ...(typeof sameSite === 'string' && sameSite !== '' ? [`SameSite=${sameSite}`] : []),
  ].join('; ');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
