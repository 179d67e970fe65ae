import { asMethod } from '../tape/method.ts';
import { asciiOrigin, asciiTarget } from '../tape/target.ts';

/** The first line of a request: origin and target are apart. */
export interface RequestLine {
  method: string;
  origin: string | null;
  target: string;
  version: string;
}

/** The first line of an answer. */
export interface StatusLine {
  status: number;
  reason: string;
  version: string;
}

const REQUEST = /^([A-Za-z0-9!$%&'*+.^_`|~-][A-Za-z0-9!#$%&'*+.^_`|~-]*) (\S+) HTTP\/(\d(?:\.\d)?)[ \t]*$/;
/** By hand the version may be left out, for methods that everybody knows. */
const SHORT = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) ((?:https?:\/)?\/\S*)()[ \t]*$/;
const STATUS = /^(?:HTTP\/(\d(?:\.\d)?) )?([1-9]\d\d)(?: (.*?))?[ \t]*$/;
const ABSOLUTE = /^(https?:\/\/[^/?#]+)(.*)$/i;

/** Null where the line is not the first of a request. */
export function readRequestLine(line: string): RequestLine | null {
  const found = REQUEST.exec(line) ?? SHORT.exec(line);
  if (found === null) return null;
  const [, method = '', written = '', version] = found;
  const [, server, rest = ''] = ABSOLUTE.exec(written) ?? [];
  if (server === undefined && !/^[/*]/.test(written)) return null;
  const origin = server === undefined ? null : asciiOrigin(Buffer.from(server, 'latin1').toString());
  if (server !== undefined && origin === null) return null;
  return {
    method: asMethod(method),
    origin,
    target: asciiTarget(server === undefined ? written : rest.startsWith('/') ? rest : `/${rest}`),
    version: version || '1.1',
  };
}

/** Null where the line is not the first of an answer; `200 OK` stands for `HTTP/1.1 200 OK`. */
export function readStatusLine(line: string): StatusLine | null {
  const found = STATUS.exec(line);
  return found && { version: found[1] ?? '1.1', status: Number(found[2]), reason: found[3] ?? '' };
}
