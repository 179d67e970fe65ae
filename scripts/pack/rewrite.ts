import { stripTypeScriptTypes } from 'node:module';
import { dirname, join, relative } from 'node:path/posix';
import { parseSync } from 'oxc-parser';

export interface RewriteOptions {
  /** Path of the file relative to the repository. */
  file: string;
  /** All files that are packed, by the same kind of path. */
  packed: ReadonlySet<string>;
  /** '@marteau/shared' → 'packages/shared/src/index.ts', for every entry of every package of ours that is packed. */
  entries: ReadonlyMap<string, string>;
}

/** A TypeScript module as JavaScript: its types become blanks, so that lines and columns stay. */
export function asJavaScript(source: string, options: RewriteOptions): string {
  const isTyped = options.file.endsWith('.ts');
  return rewrite(isTyped ? stripTypeScriptTypes(source) : source, packedName(options.file), options);
}

/**
 * What names one of our modules names its packed copy: an import, or a relative path in any string (`new URL('./child.ts',
 * import.meta.url)`). A package's name in any other string is only a name: our own program is called `marteau`, too.
 * @param as the name by which the code is parsed: a.js, a.d.ts
 * @throws when it names a package of ours that is not packed
 */
export function rewrite(code: string, as: string, options: RewriteOptions): string {
  let result = '';
  let done = 0;
  for (const { start, end, value, isImported } of stringsOf(as, code)) {
    const replacement = isImported || isRelative(value) ? replacementFor(value, options) : null;
    if (replacement === null) continue;
    result += `${code.slice(done, start)}'${replacement}'`;
    done = end;
  }
  return result + code.slice(done);
}

/** './a.ts' → './a.js' */
export function packedName(file: string): string {
  return file.replace(/\.ts$/, '.js');
}

function replacementFor(text: string, { file, packed, entries }: RewriteOptions): string | null {
  if (isRelative(text)) {
    return text.endsWith('.ts') && packed.has(join(dirname(file), text)) ? packedName(text) : null;
  }
  const entry = entries.get(text);
  if (entry === undefined) {
    if (/^@marteau\/[\w/-]+$/.test(text)) throw new Error(`${file} names ${text}, which is not packed`);
    return null;
  }
  const path = packedName(relative(dirname(file), entry));
  return path.startsWith('.') ? path : `./${path}`;
}

function isRelative(text: string): boolean {
  return /^\.\.?\//.test(text);
}

interface Text {
  start: number;
  end: number;
  value: string;
  /** Whether it names a module by its place: in an import, an export, or what resolves one. */
  isImported: boolean;
}

/** Every string of a module, in the order of its text. @throws when it cannot be parsed */
function stringsOf(file: string, code: string): Text[] {
  const { program, errors } = parseSync(file, code);
  if (errors[0]) throw new Error(`${file} cannot be parsed: ${errors[0].message}`);
  const found: Text[] = [];
  visit(program, found, false);
  return found.sort((a, b) => a.start - b.start);
}

function visit(node: unknown, found: Text[], isImported: boolean): void {
  if (Array.isArray(node)) {
    for (const each of node) visit(each, found, isImported);
  } else if (typeof node === 'object' && node !== null) {
    const { type, value, start, end } = node as Partial<Text> & { type?: string };
    if (type === 'Literal' && typeof value === 'string')
      found.push({ start: start!, end: end!, value, isImported });
    else {
      const resolves = type === 'CallExpression' && isResolver((node as { callee?: unknown }).callee);
      for (const [name, each] of Object.entries(node))
        visit(each, found, name === 'source' || (resolves && name === 'arguments'));
    }
  }
}

/** `require` and `import.meta.resolve`. */
function isResolver(callee: unknown): boolean {
  const { type, name, object, property } = callee as {
    type: string;
    name?: string;
    object?: { type: string };
    property?: { name?: string };
  };
  if (type === 'Identifier') return name === 'require';
  return object?.type === 'MetaProperty' && property?.name === 'resolve';
}
