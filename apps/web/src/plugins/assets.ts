import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const folder = fileURLToPath(new URL('../../public', import.meta.url));

/** The address under which the files of public/ are served: it changes with their content, so browsers may keep them. */
export async function assetsPath(): Promise<string> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256');
  for (const name of names) hash.update(name.slice(folder.length)).update(await readFile(name));
  return `/assets/${hash.digest('base64url').slice(0, 12)}`;
}

/** Serves public/: the stylesheet, the modules of the pages, the icon. */
export async function assets(app: FastifyInstance, { path }: { path: string }) {
  await app.register(fastifyStatic, {
    root: folder,
    prefix: `${path}/`,
    decorateReply: false,
    immutable: true,
    maxAge: '365d',
    index: false,
    allowedPath: (name) => !name.endsWith('.d.ts'),
  });
  app.get('/favicon.ico', { schema: { hide: true } }, (_request, reply) =>
    reply.redirect(`${path}/favicon.svg`, 302),
  );
}
