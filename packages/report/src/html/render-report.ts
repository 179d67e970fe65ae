import type { Results } from '../schema/results.ts';
import { browserScript } from './browser-script.ts';
import { renderTemplate } from './templates.ts';
import { viewOf } from './view.ts';

let script: string | undefined;

/**
 * The report as one HTML file that needs nothing else: no network, no storage, no script to be read. Pure: the same
 * results give the same bytes.
 */
export function renderReport(results: Results): string {
  script ??= browserScript(new URL('./page/main.ts', import.meta.url));
  return renderTemplate('report.njk', { ...viewOf(results), script });
}
