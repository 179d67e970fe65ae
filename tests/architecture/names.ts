import { parseSync } from 'oxc-parser';

type Node = Record<string, unknown> & { type: string };

/** What a source file says of names and of the dialect. */
export interface Names {
  /** Every identifier, also those of members and private ones, once. */
  readonly identifiers: ReadonlySet<string>;
  /** Members that are written `private` or `protected`. */
  readonly accessible: readonly string[];
  /** Constants of the module that hold a number, a text or a regular expression. */
  readonly fixed: readonly string[];
}

/** @throws when the file cannot be parsed */
export function namesOf(file: string, source: string): Names {
  const { program, errors } = parseSync(file, source);
  if (errors[0]) throw new Error(`${file} cannot be parsed: ${errors[0].message}`);
  const identifiers = new Set<string>();
  const accessible: string[] = [];
  visit(program, (node) => {
    if (node.type === 'Identifier' || node.type === 'PrivateIdentifier') identifiers.add(String(node.name));
    if (node.accessibility === 'private' || node.accessibility === 'protected')
      accessible.push(String((node.key as Node | undefined)?.name ?? 'constructor'));
  });
  return { identifiers, accessible, fixed: (program.body as unknown as Node[]).flatMap(fixedIn) };
}

/** The words of a name in camelCase, kebab-case or SCREAMING_CASE, in lower case. */
export function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
}

function fixedIn(statement: Node): string[] {
  const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
  if (!isNode(declared) || declared.type !== 'VariableDeclaration' || declared.kind !== 'const') return [];
  return (declared.declarations as Node[]).flatMap(({ id, init }) =>
    isFixed(init) && isNode(id) && id.type === 'Identifier' ? [String(id.name)] : [],
  );
}

/** A number, a text, a regular expression, or what they are reckoned from. */
function isFixed(node: unknown): boolean {
  if (!isNode(node)) return false;
  if (node.type === 'Literal') return typeof node.value !== 'boolean' && node.raw !== 'null';
  if (node.type === 'BinaryExpression') return isFixed(node.left) && isFixed(node.right);
  if (node.type === 'UnaryExpression') return isFixed(node.argument);
  return node.type === 'TemplateLiteral' && (node.expressions as unknown[]).length === 0;
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, see);
  else if (isNode(value)) {
    see(value);
    for (const child of Object.values(value)) visit(child, see);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
