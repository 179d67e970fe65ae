import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import type { FastifyInstance } from 'fastify';

const folder = fileURLToPath(new URL('../../public/', import.meta.url));

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The files of public/, all of which are small, as they go over the wire. */
export interface Assets {
  /** Where they are served: it changes with their content, so that browsers may keep them. */
  path: string;
  files: Map<string, { type: string; plain: Buffer; brotli: Buffer }>;
}

export async function loadAssets(): Promise<Assets> {
  const hash = createHash('sha256');
  const files: Assets['files'] = new Map();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const path of paths.sort()) {
    const type = types[extname(path)];
    if (type === undefined) continue;
    const plain = await readFile(path);
    const name = path.slice(folder.length);
    hash.update(name).update(plain);
    files.set(name, { type, plain, brotli: brotli(plain) });
  }
  return { path: `/assets/${hash.digest('base64url').slice(0, 12)}`, files };
}

/** Serves the stylesheet, the modules of the pages, and the icon. */
export async function assetRoutes(app: FastifyInstance, { path, files }: Assets) {
  for (const [name, { type, plain, brotli }] of files) {
    app.get(`${path}/${name}`, { logLevel: 'warn', schema: { hide: true } }, async (request, reply) => {
      const takesBrotli = /\bbr\b/.test(request.headers['accept-encoding'] ?? '');
      if (takesBrotli) reply.header('content-encoding', 'br');
      return reply
        .headers({ 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding' })
        .type(type)
        .send(takesBrotli ? brotli : plain);
    });
  }
  app.get('/favicon.ico', { schema: { hide: true } }, (_request, reply) =>
    reply.redirect(`${path}/favicon.svg`, 302),
  );
}

function brotli(plain: Buffer): Buffer {
  return brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
}
