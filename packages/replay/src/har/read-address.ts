import { asciiOrigin, asciiTarget } from '../tape/target.ts';
import { addressBytes } from './characters.ts';
import { queryOf } from './encode-pairs.ts';
import { type Fields, namedValues } from './fields.ts';

/** The server and what it was asked for, in the characters that can be on the wire. */
export interface Address {
  origin: string | null;
  target: string;
  /** `user:password`, which browsers send in a header; null where there is none. */
  userinfo: string | null;
}

/** Null for what is no address. What is put right is told to `note`. */
export function readAddress(
  { url, queryString, _target }: Fields,
  note: (sentence: string) => void,
): Address | null {
  // URLs have no line ends and tabs: who takes one apart drops them (WHATWG URL, 4.4).
  const written = String(url)
    .trim()
    .replace(/[\t\r\n]/g, '');
  const [, scheme = '', authority = '', rest = ''] = /^(https?:\/\/)([^/?#\\]*)([^#]*)/i.exec(written) ?? [];
  const at = authority.lastIndexOf('@');
  const server = authority === '' ? null : asciiOrigin(scheme + authority.slice(at + 1));
  if (server === null) return null;
  const userinfo = at === -1 ? null : authority.slice(0, at);
  if (typeof _target === 'string') return { origin: null, target: asciiTarget(_target), userinfo };
  const target = withParameters(onWire(rest.startsWith('/') ? rest : `/${rest}`), queryString, note);
  return { origin: server.replace(/^(http:.*):80$|^(https:.*):443$/, '$1$2'), target, userinfo };
}

/** Blanks and what is beyond ASCII percent-encoded, as browsers do. */
function onWire(rest: string): string {
  return asciiTarget(addressBytes(rest.toWellFormed())).replace(/[\0- \x7f]/g, encodeURIComponent);
}

/** Some exporters leave the query, or a part of it, to its list alone. */
function withParameters(target: string, list: unknown, note: (sentence: string) => void): string {
  const parameters = namedValues(list);
  if (parameters === null) return target;
  const at = target.indexOf('?');
  const written = at === -1 ? '' : target.slice(at + 1);
  if (written === '') return `${at === -1 ? target : target.slice(0, at)}?${queryOf(parameters)}`;
  const names = new Set(written.split('&').flatMap((pair) => namesOf(pair.split('=', 1)[0]!)));
  const missing = parameters.filter(({ name }) => !namesOf(name).some((each) => names.has(each)));
  if (missing.length === 0) return target;
  note(
    `its address lacks ${missing.map(({ name }) => name).join(', ')} of its queryString, which was added to it`,
  );
  return `${target}&${queryOf(missing)}`;
}

/** A name as it is, and decoded in each way in which exporters do that. */
function namesOf(name: string): string[] {
  try {
    return [name, decodeURIComponent(name), decodeURIComponent(name.replaceAll('+', ' '))];
  } catch {
    return [name];
  }
}
