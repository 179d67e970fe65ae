import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readForeignFile } from '@marteau/launch';

const MOST_BYTES = 64 * 1024;

/** Which registry a package comes from, and who the project is to it. */
const LINE = /^\s*((@[\w.~-]+:)?registry|\/\/[^\s=]+:(_authToken|_auth|username|_password|email))\s*=/;

/**
 * Of a project's .npmrc what npm may have of it while this node's own settings are in its environment: no proxy, no
 * program, no place of a cache, and nothing that npm fills in from there.
 */
export function ownLines(text: string): string {
  const lines = text.split(/\r?\n/).filter((line) => LINE.test(line) && !line.includes('${'));
  return lines.map((line) => `${line}\n`).join('');
}

/** Has the project's .npmrc say only that. Disposing of it puts the file back as it was. */
export async function reduceNpmrc(wdir: string): Promise<AsyncDisposable> {
  const file = join(wdir, '.npmrc');
  const bytes = await readForeignFile(file, MOST_BYTES).catch(() => Buffer.alloc(0));
  if (bytes === null) return { [Symbol.asyncDispose]: async () => {} };
  await rm(file, { recursive: true, force: true });
  await writeFile(file, ownLines(bytes.toString('utf8')));
  return { [Symbol.asyncDispose]: () => writeFile(file, bytes) };
}
