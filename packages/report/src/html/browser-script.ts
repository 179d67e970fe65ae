import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import process from 'node:process';

const IMPORT = /^import\s*(\{[^}]*\})\s*from\s*'([^']+)';/gm;
const PASS_ON = /^export\s*(\{[^}]*\})\s*from\s*'([^']+)';/gm;
const EXPORT = /^export ((?:async )?function|class|const|let) (\w+)/gm;
const COMMENT = /\/\*\*[\s\S]*?\*\/|^ *\/\/ .*\n/gm;

/**
 * A module for browsers and all that it imports as one script that can stand in a file alone: their types stripped,
 * each module in a scope of its own, after those that it needs. Modules import by name, from './a.ts' or from a package
 * of ours, and export what they declare. They import each other in no circle, and no text of theirs has four blanks in
 * a row: such blanks are what is left of types.
 */
export function browserScript(entry: URL): string {
  const names = new Map<string, string>();
  const scopes: string[] = [];
  const add = (url: string): string => {
    const known = names.get(url);
    if (known) return known;
    const exported: string[] = [];
    const from = (name: string) =>
      add(name.startsWith('.') ? new URL(name, url).href : import.meta.resolve(name));
    const code = source(new URL(url))
      .replace(
        IMPORT,
        (_, some: string, name: string) => `const ${some.replaceAll(' as ', ': ')} = ${from(name)};`,
      )
      .replace(PASS_ON, (_, some: string, name: string) => {
        exported.push(some.slice(1, -1));
        return `const ${some} = ${from(name)};`;
      })
      .replace(EXPORT, (_, kind: string, name: string) => {
        exported.push(name);
        return `${kind} ${name}`;
      })
      .replace(COMMENT, '')
      .replace(/ {4,}/g, ' ')
      .replace(/^\s+/gm, '');
    const own = `m${names.size}`;
    names.set(url, own);
    scopes.push(`const ${own} = (() => {\n${code}return { ${exported.join(', ')} };\n})();\n`);
    return own;
  };
  add(entry.href);
  return `'use strict';(() => {\n${scopes.join('')}})();\n`;
}

/** The code of a module; a packed copy has no types any more. */
function source(file: URL): string {
  const code = readFileSync(file, 'utf8');
  return file.pathname.endsWith('.ts') ? withoutWarning(() => stripTypeScriptTypes(code)) : code;
}

/** Node warns that its stripper is new, which is nothing to whoever starts a program that uses it. */
function withoutWarning<T>(work: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
}
