import { writeFileSync } from 'node:fs';
import { Results } from '@marteau/report/schema';

// Publishes the schema of results.json for editors and other tools. A test fails while the file is out of date.
writeFileSync(
  new URL('../docs/results.schema.json', import.meta.url),
  `${JSON.stringify(Results, null, 2)}\n`,
);
