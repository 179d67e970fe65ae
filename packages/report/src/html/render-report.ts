import { fileURLToPath } from 'node:url';
import type { Results } from '@marteau/shared';
import nunjucks from 'nunjucks';

const templates = fileURLToPath(new URL('../../../../templates/report', import.meta.url));

const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader(templates), {
  autoescape: true,
  throwOnUndefined: true,
  trimBlocks: true,
  lstripBlocks: true,
});

/**
 * The report as one HTML file that needs nothing else. Pure: the same results give the same bytes.
 */
export function renderReport(results: Results): string {
  return environment.render('report.njk', { results });
}
