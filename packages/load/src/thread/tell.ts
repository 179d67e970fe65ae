import { isUtf8 } from 'node:buffer';
import { isSecretName, maskFields, maskText, type Replace } from '@marteau/shared';
import type { Exchange } from '../fetch/exchange.ts';
import type { RequestBody } from '../fetch/request-body.ts';

const PREVIEW = 1000;
/** So much of a body is looked through for secrets. */
const SEARCHED = 10_000;
const HIDDEN = '***';
/** Shorter ones may be words that stand elsewhere, too. */
const TELLING = 8;
const IS_FORM = /^[^\s=&<{[]+=[^\s&]*(&|$)/;
/** The values of cookies, after their names. */
const COOKIES: Readonly<Record<string, RegExp>> = {
  cookie: /([^=;\s]+=)([^;]*)/g,
  'set-cookie': /^([^=;]+=)([^;]*)/,
};

/** The begin of what was sent; of bytes that are no text only how many there are. */
function bodyOf(body: RequestBody | null, hide: Replace): string {
  if (body === null || body.length === 0) return '';
  const { bytes, length } = body;
  if (typeof bytes === 'string') return `\n\n${textOf(bytes, hide)}`;
  if (!(bytes instanceof Uint8Array)) return '\n\n(a stream)';
  return isUtf8(bytes) ? `\n\n${textOf(Buffer.from(bytes).toString('utf8'), hide)}` : `\n\n(${length} bytes)`;
}

/** The begin of a body without its secrets; they are taken out first, because half of one is known by nothing. */
function textOf(body: string, hide: Replace): string {
  const text = body.slice(0, SEARCHED);
  const masked = IS_FORM.test(text) ? maskFields(text, hide) : maskText(text, hide);
  return masked.length > PREVIEW ? `${masked.slice(0, PREVIEW)}…` : masked;
}

/** A head without its secrets, as a recorder leaves them out: also cookies, and what says who asks. */
function headOf(head: string, hide: Replace): string {
  return head.trimEnd().replace(/[^\r\n]+/g, (line) => {
    const [, name, value] = /^([^:\s]+): ?(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return maskFields(line, hide);
    if (/^(proxy-)?authorization$/i.test(name)) return `${name}: ${value.replace(/\S+$/, hide)}`;
    if (/^(set-)?cookie$/i.test(name))
      return `${name}: ${value.replace(COOKIES[name.toLowerCase()]!, (_, start, secret) => start + hide(secret))}`;
    return isSecretName(name) ? `${name}: ${hide(value)}` : maskFields(line, hide);
  });
}

/** Request and answer as they went over the wire, without their secrets, both bodies cut. */
export function tell({ request, head, body, failure, isHttp2 }: Exchange): string {
  const found = new Set<string>();
  const hide = (secret: string) => {
    if (secret.length >= TELLING) found.add(secret);
    return HIDDEN;
  };
  const { route, head: template } = request.template;
  // Over HTTP/2 the same goes as fields, but for what is of a connection of HTTP/1.1.
  const sent = isHttp2
    ? template.replace(/ HTTP\/1\.1\r\n/, ' HTTP/2\r\n').replace(/^connection: .*\r\n/im, '')
    : template;
  const asked = `${maskFields(route.href, hide)}\n\n${headOf(sent, hide)}${bodyOf(request.body, hide)}`;
  if (!head) return `${asked}\n\n${failure!.code}: ${failure!.message}`;
  const answered = `HTTP/${isHttp2 ? '2' : '1.1'} ${head.status} ${head.statusText}\n${headOf(head.lines, hide)}\n\n${textOf(body?.preview(SEARCHED) ?? '', hide)}`;
  const told = `${asked}\n\n${answered}${failure ? `\n${failure.code}: ${failure.message}` : ''}`;
  // Targets say again what they were sent.
  return [...found].reduce((text, secret) => text.replaceAll(secret, HIDDEN), told).replaceAll('\r\n', '\n');
}
