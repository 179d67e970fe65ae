import { readFileSync } from 'node:fs';

/** The parts of the page's script, each after those that it imports. */
const parts = [
  'units',
  'scale',
  'path',
  'panels',
  'packed',
  'read-data',
  'zoom',
  'cursor',
  'subjects',
  'sorting',
  'labels',
  'main',
];

/**
 * The script of the page: the modules of the folder `page` one after the other, without their imports and exports,
 * because a file that stands alone has nowhere to import from.
 */
export function pageScript(): string {
  const sources = parts.map((name) => readFileSync(new URL(`./page/${name}.js`, import.meta.url), 'utf8'));
  const code = sources
    .join('\n')
    .replace(/^import [^;]*;\n/gm, '')
    .replace(/^export /gm, '')
    .replace(/\/\*\*[\s\S]*?\*\//g, '')
    .replace(/^ *\/\/ .*\n/gm, '')
    .replace(/^\s+/gm, '');
  return `'use strict';(() => {\n${code}})();\n`;
}
