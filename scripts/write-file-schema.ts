import { writeFileSync } from 'node:fs';
import { fileJsonSchema } from '@marteau/file';

// Publishes the schema of .marteau.yml for editors. A test fails while the file is out of date.
writeFileSync(
  new URL('../docs/marteau.schema.json', import.meta.url),
  `${JSON.stringify(fileJsonSchema(), null, 2)}\n`,
);
