import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** From where packages are found that examples import, as a project would have them. */
const { resolve } = createRequire(join(import.meta.dirname, '../../package.json'));

/** The example number `n` of a page of the guide, with its packages by their paths. */
export function exampleOf(page: string, n: number): string {
  const text = readFileSync(join(import.meta.dirname, '../../docs/guide', page), 'utf8');
  const [, code = ''] = [...text.matchAll(/```ts\n(.*?)```/gs)][n] ?? [];
  return code.replace(
    /from '(pg|ioredis|@grpc\/[\w-]+)'/g,
    (_, name: string) => `from ${JSON.stringify(resolve(name))}`,
  );
}
