import { quote } from './sources.ts';
import { literal } from './template.ts';
import type { Values } from './values.ts';

/**
 * The source of a JSON text; null where it is none. It is that of its value where that has all of it, and the text itself
 * where parsing would lose some: large numbers, exponents, repeated keys, the order of keys, blanks.
 */
export function writeJson(texts: readonly string[], values: Values): string | null {
  const parsed = texts.map(parse);
  if (parsed[0] === undefined) return null;
  if (JSON.stringify(parsed[0]) === texts[0]) return `JSON.stringify(${writeValue('value', parsed, values)})`;
  return writeText(texts, values);
}

/** The source of a JSON value; what is not the same for all is code. */
function writeValue(name: string, versions: readonly unknown[], values: Values): string {
  const [value] = versions;
  const part = (key: string | number, inner: string) =>
    writeValue(
      inner,
      versions.map((each) => at(each, key)),
      values,
    );
  if (Array.isArray(value)) return `[${value.map((_, i) => part(i, name)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.keys(value).map((key) => {
      // Only in brackets __proto__ is a key like others.
      const isPlain = /^[A-Za-z_$][\w$]*$/.test(key) && key !== '__proto__';
      return `${isPlain ? key : `[${quote(key)}]`}: ${part(key, key)}`;
    });
    return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
  }
  if (typeof value !== 'string' && typeof value !== 'number') return JSON.stringify(value);
  const code = values.codeFor(name, versions.map(String));
  if (code === null) return typeof value === 'string' ? quote(value) : String(value);
  return typeof value === 'number' ? `Number(${code})` : code;
}

/** A string or a number of a JSON text, as it is written there. */
interface Leaf {
  name: string;
  start: number;
  end: number;
  /** What it says: of a number its digits. */
  value: string;
  isText: boolean;
}

/** A template of the text, in which what is not the same for all is code. */
function writeText(texts: readonly string[], values: Values): string {
  const [text] = texts as [string];
  const versions = texts.map(leavesOf);
  let written = '';
  let from = 0;
  for (const [i, { name, start, end, isText, value }] of versions[0]!.entries()) {
    const all = versions.map((leaves) => (leaves[i]?.name === name ? leaves[i].value : value));
    // Written with escapes of its own it would not be the same bytes; only one that differs has to be code.
    const isPlain = !isText || JSON.stringify(value) === text.slice(start, end);
    if (!isPlain && all.every((each) => each === value)) continue;
    const code = values.codeFor(name, all);
    if (code === null) continue;
    written += `${literal(text.slice(from, start))}\${${isText ? `JSON.stringify(${code})` : code}}`;
    from = end;
  }
  return `\`${written}${literal(text.slice(from))}\``;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[{}[\]:,]/g;

/** The leaves of a text that is known to be JSON, in their order. */
function leavesOf(text: string): Leaf[] {
  const leaves: Leaf[] = [];
  /** The key of each object or list that is open. */
  const open: { isObject: boolean; name: string }[] = [{ isObject: false, name: 'value' }];
  let key: string | null = null;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const inner = open.at(-1)!;
    const name: string = key ?? inner.name;
    if (token === '{' || token === '[') open.push({ isObject: token === '{', name });
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') continue;
    else if (token === ',') {
      key = null;
      continue;
    } else if (inner.isObject && key === null) {
      key = JSON.parse(token);
      continue;
    } else {
      const isText = token[0] === '"';
      const value: string = isText ? JSON.parse(token) : token;
      leaves.push({ name, start: index, end: index + token.length, value, isText });
    }
    key = null;
  }
  return leaves;
}

function at(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string | number, unknown>)[key]
    : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
