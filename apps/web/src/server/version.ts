import { readFileSync } from 'node:fs';

/** Marteau's, from the repository's package.json. */
export const VERSION: string = JSON.parse(
  readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'),
).version;
