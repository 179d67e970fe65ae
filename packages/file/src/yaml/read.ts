import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { type Path, pathText } from '../check/path.ts';
import type { FileProblem } from '../check/problem.ts';
import { fileLimits } from '../parse/limits.ts';
import { explainSyntax, isHarmless } from './syntax-problem.ts';

const TOO_DEEP = 'the file is nested too deeply to be read';

/** A line and a column, both from 1. */
export interface Place {
  line: number;
  column: number;
}

/** What a YAML text holds, as plain values without nulls, and where each of them stands. */
export interface YamlContent {
  /** Undefined when nothing of it can be believed. */
  value: unknown;
  problems: FileProblem[];
  /** The place of a field’s name or of its value; `offset` counts characters within a text. */
  locate: (path: Path, part: 'key' | 'value', offset?: number) => Place;
}

/** Reads YAML 1.2 (core schema). Never throws. */
export function readYaml(text: string): YamlContent {
  const lines = new LineCounter();
  const reader = new Reader(text, lines);
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      uniqueKeys: false, // quadratic there, linear here
      prettyErrors: false,
      logLevel: 'error', // with 'silent' a second document would go unnoticed
    });
    const errors = [...document.errors, ...document.warnings];
    const exhausted = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
    if (exhausted) throw new TooMuch(exhausted.pos[0], TOO_DEEP);
    for (const error of errors) reader.syntaxProblem(error, document.contents);
    const value = errors.every(isHarmless) ? reader.read(document.contents) : undefined;
    return { value, problems: reader.problems, locate: reader.locate };
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TooMuch)) throw error;
    const what = error instanceof TooMuch ? error.message : TOO_DEEP;
    reader.problem(
      error instanceof TooMuch ? error.offset : 0,
      [],
      what,
      'write it out plainly, without deep nesting',
    );
    return { value: undefined, problems: reader.problems, locate: reader.locate };
  }
}

interface Pair {
  readonly key: unknown;
  readonly value: unknown;
}

/** `<<: *base`, of YAML 1.1, which every file of other tools has. */
function isMergeKey({ key, value }: Pair): boolean {
  const isWhole = isAlias(value) || isMap(value) || isSeq(value);
  return isScalar(key) && key.source === '<<' && isWhole;
}

class TooMuch extends Error {
  readonly offset: number;
  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

class Reader {
  readonly problems: FileProblem[] = [];
  readonly #text: string;
  readonly #lines: LineCounter;
  readonly #keys = new Map<string, number>();
  readonly #values = new Map<string, number>();
  readonly #anchors = new Map<string, Node>();
  #count = 0;

  constructor(text: string, lines: LineCounter) {
    this.#text = text;
    this.#lines = lines;
  }

  read(contents: unknown): unknown {
    return this.#node(contents, []);
  }

  problem(offset: number, path: Path, what: string, fix: string): void {
    this.problems.push({ ...this.#place(offset), path: pathText(path), what, fix });
  }

  syntaxProblem(error: YAMLError, contents: Node | null): void {
    const { what, fix } = explainSyntax(error, this.#text);
    this.problem(openQuote(error, contents) ?? error.pos[0], [], what, fix);
  }

  readonly locate: YamlContent['locate'] = (path, part, offset = 0) => {
    for (let length = path.length; length > 0; length--) {
      const at = (part === 'key' ? this.#keys : this.#values).get(pathText(path.slice(0, length)));
      if (at === undefined) continue;
      const inside = length === path.length && offset > 0 && part === 'value';
      return this.#place(inside ? this.#inside(at, offset) : at);
    }
    return this.#place(this.#values.get('') ?? 0);
  };

  /** Into a text on one line; behind escapes the beginning is the better answer. */
  #inside(at: number, offset: number): number {
    const quoted = this.#text[at] === '"' || this.#text[at] === "'";
    const line = this.#text.slice(at, at + offset + 1);
    return /[\\\n]/.test(line) ? at : at + offset + (quoted ? 1 : 0);
  }

  #place(offset: number): Place {
    const { line, col } = this.#lines.linePos(Math.min(offset, this.#text.length));
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  #node(node: unknown, path: Path): unknown {
    if (!isNode(node)) return undefined;
    const offset = node.range?.[0] ?? 0;
    if (!this.#values.has(pathText(path))) this.#values.set(pathText(path), offset);
    if (++this.#count > fileLimits.values)
      throw new TooMuch(offset, `the file unfolds to more than ${fileLimits.values} values`);
    if (path.length > fileLimits.depth)
      throw new TooMuch(offset, `the file is nested deeper than ${fileLimits.depth} levels`);
    if (isAlias(node)) return this.#alias(node.source, offset, path);
    if (node.anchor) this.#anchors.set(node.anchor, node);
    if (isMap(node)) return this.#map(node.items, path);
    if (isSeq(node)) return node.items.map((item, i) => this.#node(item, [...path, i]) ?? null);
    return isScalar(node) ? scalar(node.value, node.source) : undefined;
  }

  #alias(name: string, offset: number, path: Path): unknown {
    const node = this.#anchors.get(name);
    if (node) return this.#node(node, path);
    const what = `'*${name}' refers to an anchor that is not there`;
    this.problem(offset, path, what, 'quote it if it is text: a value cannot begin with *');
    return undefined;
  }

  /** What `<<` brings in: the fields of one map, or of several, the first of which counts most. */
  #merged(value: unknown): Pair[] {
    // Counted, because lists of references to lists of references grow by powers.
    if (++this.#count > fileLimits.values)
      throw new TooMuch(0, `the file unfolds to more than ${fileLimits.values} values`);
    const node = isAlias(value) ? this.#anchors.get(value.source) : value;
    if (isSeq(node)) return node.items.flatMap((item) => this.#merged(item));
    return isMap(node)
      ? node.items.flatMap((pair) => (isMergeKey(pair) ? this.#merged(pair.value) : pair))
      : [];
  }

  #map(written: readonly Pair[], path: Path): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    const own = written.filter((pair) => !isMergeKey(pair));
    // What stands in the map itself counts more than what is merged into it.
    const merged = written.filter(isMergeKey).flatMap(({ value }) => this.#merged(value));
    for (const pair of [...own, ...merged]) {
      const isMerged = !own.includes(pair);
      const key = isAlias(pair.key) ? this.#anchors.get(pair.key.source) : pair.key;
      const offset = isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
      if (!isScalar(key) || key.value === null || key.value === '') {
        this.problem(
          offset,
          path,
          'a field has no plain name',
          'write NAME: VALUE; quote names that begin with a sign',
        );
        continue;
      }
      const name = key.source ?? String(key.value);
      const place = [...path, name];
      if (isMerged && this.#keys.has(pathText(place))) continue;
      if (name === '__proto__') {
        this.problem(offset, place, "'__proto__' cannot be a name", 'choose another one');
      } else if (this.#keys.has(pathText(place))) {
        const first = this.locate(place, 'key').line;
        this.problem(
          offset,
          place,
          `'${name}' stands here twice, first in line ${first}`,
          'keep one of them',
        );
      } else {
        this.#keys.set(pathText(place), offset);
        const value = this.#node(pair.value, place);
        // A field without a value is a field left out.
        if (value !== undefined && value !== null) map[name] = value;
      }
    }
    return map;
  }
}

/** Where the quote begins that is not closed, which YAML tells only at the end of the file. */
function openQuote(error: YAMLError, contents: Node | null): number | undefined {
  if (error.code !== 'MISSING_CHAR' || !/quote/.test(error.message)) return undefined;
  let start: number | undefined;
  visit(contents, {
    Scalar(_, { type, range }) {
      if (type?.startsWith('QUOTE') && range && range[1] >= error.pos[0]) start ??= range[0];
    },
  });
  return start;
}

function isNode(value: unknown): value is Node {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
}

/** Numbers that are not in plain notation stay as written, so that `1.10` is a version and `007` an agent. */
function scalar(value: unknown, source: string | undefined): unknown {
  if (typeof value === 'bigint') return source ?? String(value);
  if (typeof value === 'number' && source !== undefined && String(value) !== source) return source;
  return value;
}
