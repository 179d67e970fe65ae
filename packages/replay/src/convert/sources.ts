import { decoded, isText } from '../tape/body.ts';
import type { RecordedAnswer } from '../tape/exchange.ts';
import { header } from '../tape/headers.ts';

/** Where in an answer a value can be found again: code that reads it from the answer named `answer`. */
export interface Source {
  name: string;
  code: string;
}

/** A value long enough that nobody writes it twice by chance. */
export function isTelling(value: string): boolean {
  return value.length >= 16 || (value.length >= 8 && /\d/.test(value));
}

/** Finds a value of a request in an earlier answer; null where it is not there. */
export function findValue(answer: RecordedAnswer, name: string, value: string): Source | null {
  const text = textOf(answer);
  const inJson = findInJson(text, (key, leaf) => leaf === value && (isTelling(value) || isId(key)));
  if (inJson !== null)
    return { name: usable(inJson.key) ?? name, code: `JSON.parse(answer.text)${inJson.path}` };
  if (!isTelling(value)) return null;
  const cookie = answer.headers.find(
    ([key, line]) => /^set-cookie$/i.test(key) && cookieOf(line)[1] === value,
  );
  if (cookie) return { name, code: `cookies.get(${quote(cookieOf(cookie[1])[0])})` };
  const location = header(answer.headers, 'location');
  if (location?.includes(value))
    return { name, code: between(`answer.headers.get('location')`, location, value) };
  return text.includes(value) ? { name, code: between('answer.text', text, value) } : null;
}

/** Finds what an answer calls by a name: for requests in which the tape has XXX. */
export function findNamed(answer: RecordedAnswer, wanted: RegExp, name: string): Source | null {
  const text = textOf(answer);
  const inJson = findInJson(text, (key) => wanted.test(key));
  if (inJson !== null) return { name, code: `JSON.parse(answer.text)${inJson.path}` };
  for (const field of text.matchAll(/<(?:input|meta)\b[^>]*>/gi)) {
    const [tag] = field;
    const [, key = ''] = /\bname="([^"]*)"/.exec(tag) ?? [];
    const [, value = ''] = /\b(?:value|content)="([^"]+)"/.exec(tag) ?? [];
    if (value !== '' && wanted.test(key))
      return { name, code: between('answer.text', text, value, field.index) };
  }
  const cookie = answer.headers.find(
    ([key, line]) => /^set-cookie$/i.test(key) && wanted.test(cookieOf(line)[0]),
  );
  return cookie ? { name, code: `cookies.get(${quote(cookieOf(cookie[1])[0])})` } : null;
}

function textOf({ headers, body }: RecordedAnswer): string {
  const plain = decoded(body, header(headers, 'content-encoding')) ?? body;
  return isText(plain) ? plain.toString() : '';
}

function isId(key: string): boolean {
  return /^_?id$|[a-z]Id$|[_-]id$|uuid$/i.test(key);
}

/** The first leaf that fits, and the code of its path: `.items[0].id`. */
function findInJson(
  text: string,
  fits: (key: string, leaf: string) => boolean,
): { key: string; path: string } | null {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    return search(JSON.parse(text), '', '');
  } catch {
    return null;
  }

  function search(value: unknown, key: string, path: string): { key: string; path: string } | null {
    // A large number is not the same after it was parsed: it is found in the text.
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) return null;
    if (typeof value === 'string' || typeof value === 'number')
      return fits(key, String(value)) ? { key, path } : null;
    if (typeof value !== 'object' || value === null) return null;
    for (const [part, inner] of Object.entries(value)) {
      const here = Array.isArray(value)
        ? `[${part}]`
        : /^[A-Za-z_$][\w$]*$/.test(part)
          ? `.${part}`
          : `[${quote(part)}]`;
      const found = search(inner, Array.isArray(value) ? key : part, path + here);
      if (found !== null) return found;
    }
    return null;
  }
}

/** Code that takes what stands between the text before a value and the character after it. */
function between(code: string, text: string, value: string, from = 0): string {
  const at = text.indexOf(value, from);
  const line = text.slice(Math.max(0, text.lastIndexOf('\n', at) + 1, at - 40), at);
  const after = text.slice(at + value.length, at + value.length + 1);
  return `between(${code} ?? '', ${quote(line)}, ${quote(after)})`;
}

function cookieOf(line: string): [name: string, value: string] {
  const [, name = '', value = ''] = /^\s*([^=;]+)=([^;]*)/.exec(line) ?? [];
  return [name, value];
}

function usable(key: string): string | null {
  return /^(id|value|)$/i.test(key) ? null : key;
}

export function quote(text: string): string {
  const json = JSON.stringify(text);
  return text.includes("'") ? json : `'${json.slice(1, -1).replaceAll('\\"', '"')}'`;
}
