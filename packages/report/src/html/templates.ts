import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import nunjucks from 'nunjucks';
import { escapeHtml, isolated, readable, withCode } from './text.ts';

const folder = fileURLToPath(new URL('../../../../templates', import.meta.url));

const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader(folder), {
  autoescape: true,
  throwOnUndefined: true,
  trimBlocks: true,
  lstripBlocks: true,
});
environment.addFilter('readable', (text: unknown, limit?: number) => readable(String(text), limit));
environment.addFilter('said', (text: unknown, limit?: number) => {
  return new nunjucks.runtime.SafeString(isolated(escapeHtml(readable(String(text), limit))));
});
environment.addFilter('withCode', (html: unknown) => new nunjucks.runtime.SafeString(withCode(String(html))));

/** The parts of the style of all pages that this package writes; those of `look` are the site's, too. */
const sheets = [
  'look/tokens',
  'look/base',
  'look/states',
  ...[
    'paper',
    'first-screen',
    'numbers',
    'thresholds',
    'comparison',
    'sections',
    'tables',
    'fields',
    'charts',
    'marks',
    'chart-kinds',
    'cursor',
    'failures',
    'print',
  ].map((name) => `report/css/${name}`),
];
const style = sheets
  .map((name) => readFileSync(`${folder}/${name}.css`, 'utf8'))
  .join('')
  .replace(/\/\*[\s\S]*?\*\//g, '')
  .replace(/\n\s*/g, '\n');

/** Renders a template of the folder `templates/report`. */
export function renderTemplate(name: string, view: object): string {
  const html = environment.render(`report/${name}`, { ...view, style }) as string | null;
  // A mistake in a template that is included comes back as null, and is told too late to be caught.
  if (html === null) throw new Error(`the template ${name} could not be rendered`);
  return html;
}
