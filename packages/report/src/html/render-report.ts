import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Results } from '@marteau/shared';
import nunjucks from 'nunjucks';
import { pageScript } from './page-script.ts';
import { escapeHtml, readable } from './text.ts';
import { viewOf } from './view.ts';

const templates = fileURLToPath(new URL('../../../../templates', import.meta.url));

const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader(templates), {
  autoescape: true,
  throwOnUndefined: true,
  trimBlocks: true,
  lstripBlocks: true,
});
environment.addFilter('readable', (text: unknown, limit?: number) => readable(String(text), limit));
environment.addFilter('said', (text: unknown, limit?: number) => {
  const escaped = escapeHtml(readable(String(text), limit));
  // Text that runs from right to left must not carry its neighbours along.
  return new nunjucks.runtime.SafeString(`<bdi>${escaped}</bdi>`);
});

const style = readFileSync(`${templates}/report/report.css`, 'utf8')
  .replace(/\/\*[\s\S]*?\*\//g, '')
  .replace(/\n\s*/g, '\n');
const script = pageScript();

/**
 * The report as one HTML file that needs nothing else: no network, no storage, no script to be read. Pure: the same
 * results give the same bytes.
 */
export function renderReport(results: Results): string {
  const html = environment.render('report/report.njk', { ...viewOf(results), style, script }) as
    | string
    | null;
  // A mistake in a template that is included comes back as null, and is told too late to be caught.
  if (html === null) throw new Error('the template of the report could not be rendered');
  return html;
}
