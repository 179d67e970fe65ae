import type { Results } from '../schema/results.ts';
import { pageScript } from './page-script.ts';
import { renderTemplate } from './templates.ts';
import { viewOf } from './view.ts';

const script = pageScript();

/**
 * The report as one HTML file that needs nothing else: no network, no storage, no script to be read. Pure: the same
 * results give the same bytes.
 */
export function renderReport(results: Results): string {
  return renderTemplate('report.njk', { ...viewOf(results), script });
}
