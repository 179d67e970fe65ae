import { parseSync } from 'oxc-parser';

/**
 * Every module that a source file names, in the order of its text: static, dynamic and type imports, re-exports,
 * `require` and `import.meta.resolve`. A dynamic import of a computed name cannot be known and is left out.
 * @throws when the file cannot be parsed
 */
export function importsOf(file: string, source: string): string[] {
  const { program, errors } = parseSync(file, source);
  if (errors[0]) throw new Error(`${file} cannot be parsed: ${errors[0].message}`);
  const found: string[] = [];
  visit(program, found);
  return found;
}

type Node = Record<string, unknown> & { type: string };

function visit(value: unknown, found: string[]): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, found);
  } else if (isNode(value)) {
    const specifier = literal(namedModule(value));
    if (specifier !== undefined) found.push(specifier);
    for (const child of Object.values(value)) visit(child, found);
  }
}

/** The part of a node that names a module, for the kinds of nodes that do. */
function namedModule(node: Node): unknown {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return node.source;
    case 'TSExternalModuleReference':
      return node.expression;
    case 'CallExpression':
      return isLoader(node.callee) ? (node.arguments as unknown[])[0] : undefined;
    default:
      return undefined;
  }
}

/** `require`, `require.resolve` and `import.meta.resolve`. */
function isLoader(callee: unknown): boolean {
  if (!isNode(callee)) return false;
  if (callee.type === 'Identifier') return callee.name === 'require';
  if (callee.type !== 'MemberExpression' || !isNode(callee.property) || !isNode(callee.object)) return false;
  const isMeta = callee.object.type === 'MetaProperty' || callee.object.name === 'require';
  return isMeta && callee.property.name === 'resolve';
}

function literal(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type !== 'TemplateLiteral') return undefined;
  const quasis = node.quasis as { value: { cooked: string } }[];
  return quasis.length === 1 ? quasis[0]?.value.cooked : undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
