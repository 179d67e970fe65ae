// Counts which blocks of our parsers run: has Node load them with a counter at the beginning of each block.
import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';

const ROOT = `${import.meta.dirname}/../..`;
/** What is counted: our packages, and the libraries that read foreign bytes for them. */
const COUNTED = /^(?:packages\/[\w-]+\/src|node_modules\/(?:yaml|csv-parse))\/.*\.(?:ts|c?js)$/;
const NAME = '__fuzzCounters';

type Node = Record<string, unknown> & { type: string; start: number; end: number };

/** A counter a block, of all modules together; each wraps at 256. */
export const counters = new Uint8Array(1 << 16);
/** The texts that the counted code compares with, or looks for: what an input may be made of. */
export const words = new Set<string>();

let blocks = 0;

/** How many blocks have a counter so far. */
export function countOfBlocks(): number {
  return blocks;
}

/** From here on, modules are loaded with counters. */
export function countFromHere(): void {
  Object.assign(globalThis, { [NAME]: counters });
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const isTyped = loaded.format === 'module-typescript';
      if (!url.startsWith('file:') || !COUNTED.test(relative(ROOT, fileURLToPath(url)))) return loaded;
      const source = readFileSync(fileURLToPath(url), 'utf8');
      const code = withCounters(isTyped ? stripTypeScriptTypes(source) : source);
      return { ...loaded, format: isTyped ? 'module' : loaded.format, source: code };
    },
  });
}

/** JavaScript with a counter for each block, branch and right side of `&&`, `||` and `??`; lines stay. */
function withCounters(code: string): string {
  const { program, errors } = parseSync('code.js', code, { sourceType: 'unambiguous' });
  if (errors[0]) throw new Error(errors[0].message);
  const inserted: [at: number, text: string][] = [];
  const count = () => `${NAME}[${blocks++}]++`;
  const statement = (body: unknown) => {
    const { type, start, end } = body as Node;
    if (type === 'BlockStatement') inserted.push([start + 1, `${count()};`]);
    else inserted.push([start, `{${count()};`], [end, '}']);
  };
  const expression = (body: unknown) => {
    const { start, end } = body as Node;
    inserted.push([start, `(${count()},`], [end, ')']);
  };
  visit(program, (node) => {
    if (node.type === 'Literal' && typeof node.value === 'string' && /^.{1,24}$/s.test(node.value))
      words.add(node.value);
    if (node.type === 'IfStatement') {
      statement(node.consequent);
      if (node.alternate) statement(node.alternate);
      else inserted.push([node.end, `else ${count()};`]);
    } else if (node.type === 'ConditionalExpression') {
      expression(node.consequent);
      expression(node.alternate);
    } else if (node.type === 'LogicalExpression') expression(node.right);
    else if (node.type === 'SwitchCase') {
      const [first] = node.consequent as Node[];
      if (first) inserted.push([first.start, `${count()};`]);
    } else if (node.type === 'ArrowFunctionExpression' && (node.body as Node).type !== 'BlockStatement')
      expression(node.body);
    else if (/Function|^CatchClause|^(?:For|While|DoWhile)/.test(node.type) && node.body) {
      const { body } = node.body as { body?: Node[] };
      const directive = /Function/.test(node.type) && body?.find((each) => each.directive);
      if (directive) inserted.push([directive.end, `;${count()};`]);
      else statement(node.body);
    }
  });
  inserted.sort(([a], [b]) => a - b);
  let result = '';
  let done = 0;
  for (const [at, text] of inserted) {
    result += code.slice(done, at) + text;
    done = at;
  }
  return result + code.slice(done);
}

/** Inner nodes before outer ones: where two of them end together, the inner one is closed first. */
function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) for (const each of value) visit(each, see);
  else if (typeof value === 'object' && value !== null) {
    for (const child of Object.values(value)) visit(child, see);
    if (typeof (value as Node).type === 'string') see(value as Node);
  }
}
