import type { Exchange } from '../tape/exchange.ts';
import { findNamed, findValue, isTelling } from './sources.ts';

/** Fields in which users differ. */
const OF_USERS =
  /^(user(_?name)?|login|e-?mail|pass(word|wd|phrase)?|pwd|pin|customer(_?id)?|account(_?id)?)$/i;

/** What a written script names itself, or uses of Node. */
const ofTheScript =
  'user users cookies answer status target test t ask between think hold asForm inQuery sleep assert fetch process readFileSync encodeURIComponent encodeURI gzipSync deflateSync brotliCompressSync zstdCompressSync'.split(
    ' ',
  );

/** A value of an earlier answer that a later request needs. */
interface Carried {
  variable: string;
  code: string;
}

/** Decides for each value of a request whether it is the same for all, carried over, or each user's own. */
export class Values {
  /** By the exchange in whose answer they are found. */
  readonly carried = new Map<Exchange, Carried[]>();
  /** The data of each recorded user: column to value. */
  readonly rows: Record<string, string>[];
  readonly #variables = new Map<string, string>();
  readonly #taken = new Set(ofTheScript);
  readonly #earlier: Exchange[] = [];
  readonly #asked = new Set<string>();

  /** @param users how many recordings there are of this session */
  constructor(users: number) {
    this.rows = Array.from({ length: users }, () => ({}));
  }

  /** To be told of each exchange once its request was written. */
  after(exchange: Exchange): void {
    this.#earlier.push(exchange);
  }

  /**
   * Code for a value of a request; null where it is the same for all.
   * @param values what each of the recordings has there
   */
  codeFor(name: string, values: readonly string[]): string | null {
    const [value = ''] = values;
    const isHidden = value.includes('XXX');
    const found = isHidden ? this.#named(name) : this.#source(name, value);
    if (found !== null) return found;
    this.#asked.add(value);
    const differs = values.some((each) => each !== value);
    if (value === '' || !(isHidden || differs || OF_USERS.test(name))) return null;
    return this.#column(name, values);
  }

  /** Code for a value that each user has of their own, whatever it is called. */
  ownFor(name: string, values: readonly string[]): string {
    for (const value of values) this.#asked.add(value);
    return this.#column(name, values);
  }

  #source(name: string, value: string): string | null {
    if (this.#asked.has(value) && isTelling(value)) return null; // the client made it up itself
    for (const exchange of this.#earlier.toReversed()) {
      const source = findValue(exchange.answer, name, value);
      if (source !== null) return this.#variable(exchange, source.name, source.code);
    }
    return null;
  }

  #named(name: string): string | null {
    const plain = name.replace(/^x-/i, '').replace(/[^A-Za-z0-9]/g, '');
    const wanted =
      name.toLowerCase() === 'authorization'
        ? /^(access|id|auth|bearer|session)?[-_]?(token|jwt)$/i
        : new RegExp(`^[_x-]*${[...plain].join('[^A-Za-z0-9]?')}$`, 'i');
    for (const exchange of this.#earlier.toReversed()) {
      const source = findNamed(exchange.answer, wanted, name);
      if (source !== null)
        return this.#variable(exchange, name.toLowerCase() === 'authorization' ? 'token' : name, source.code);
    }
    return null;
  }

  #variable(exchange: Exchange, name: string, code: string): string {
    const list = this.carried.get(exchange) ?? [];
    this.carried.set(exchange, list);
    const known = list.find((each) => each.code === code);
    if (known) return known.variable;
    const variable = this.#freeName(name);
    list.push({ variable, code });
    return variable;
  }

  #column(name: string, values: readonly string[]): string {
    const key = `${name} ${values.join(' ')}`;
    let column = this.#variables.get(key);
    if (column === undefined) {
      column = camelCase(name);
      for (let n = 2; Object.hasOwn(this.rows[0]!, column); n++) column = `${camelCase(name)}${n}`;
      this.#variables.set(key, column);
      for (const [i, row] of this.rows.entries()) row[column] = values[i] ?? values[0]!;
    }
    return `user.${column}`;
  }

  #freeName(name: string): string {
    const base = camelCase(name);
    let free = base;
    for (let n = 2; this.#taken.has(free); n++) free = `${base}${n}`;
    this.#taken.add(free);
    return free;
  }
}

const reserved = new Set(
  'break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with yield let static await async'.split(
    ' ',
  ),
);

function camelCase(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const joined = words
    .map((word, i) =>
      i === 0 ? word[0]!.toLowerCase() + word.slice(1) : word[0]!.toUpperCase() + word.slice(1),
    )
    .join('');
  const usable = joined === '' || /^\d/.test(joined) ? `value${joined}` : joined;
  return reserved.has(usable) ? `${usable}Value` : usable;
}
