import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderReport } from '../src/html/render-report.ts';
import { buildResults } from '../src/results/build-results.ts';
import { scenarios } from './scenarios.ts';

// Writes the report of every scenario into a folder, to look at: node packages/report/test/write-scenarios.ts FOLDER [NAME …]
const [folder = 'reports', ...only] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
for (const [name, make] of Object.entries(scenarios)) {
  if (only.length > 0 && !only.includes(name)) continue;
  const begin = performance.now();
  const input = make();
  const made = performance.now();
  const results = buildResults(input);
  const built = performance.now();
  const html = renderReport(results);
  const done = performance.now();
  writeFileSync(join(folder, `${name}.html`), html);
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(results));
  const ms = [made - begin, built - made, done - built].map(Math.round);
  process.stdout.write(
    `${name}: ${results.judgement?.verdict ?? results.run.ending}, ${results.judgement?.reason ?? ''}\n  html ${html.length} json ${JSON.stringify(results).length}, ms ${ms}\n`,
  );
}
