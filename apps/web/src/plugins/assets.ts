import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { browserScript } from '@marteau/report';
import type { FastifyInstance } from 'fastify';
import { anonymous } from '../rights/rule.ts';

const folder = fileURLToPath(new URL('../../public', import.meta.url));
const look = fileURLToPath(new URL('../../../../templates/look/', import.meta.url));

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The parts of the one stylesheet, in the order in which they are put together: first those that reports have, too. */
const shared = ['tokens', 'base', 'states'];
const sheets = [
  'page',
  'controls',
  'bar',
  'states',
  'tables',
  'home',
  'form',
  'run',
  'charts',
  'console',
  'guide',
];

/** What pages load, all of it small, as it goes over the wire. */
export interface Assets {
  /** Where they are served: it changes with their content, so that browsers may keep them. */
  path: string;
  files: Map<string, { type: string; plain: Buffer; brotli: Buffer }>;
}

export async function loadAssets(): Promise<Assets> {
  const hash = createHash('sha256');
  const files: Assets['files'] = new Map();
  for (const [name, plain] of [await stylesheet(), await icon(), ...(await scripts())]) {
    hash.update(name).update(plain);
    files.set(name, { type: types[extname(name)] ?? '', plain, brotli: brotli(plain) });
  }
  return { path: `/assets/${hash.digest('base64url').slice(0, 12)}`, files };
}

async function stylesheet(): Promise<[name: string, content: Buffer]> {
  const paths = [
    ...shared.map((name) => join(look, `${name}.css`)),
    ...sheets.map((name) => join(folder, 'css', `${name}.css`)),
  ];
  const parts = await Promise.all(paths.map((path) => readFile(path)));
  return ['app.css', Buffer.concat(parts)];
}

async function icon(): Promise<[name: string, content: Buffer]> {
  return ['favicon.svg', await readFile(join(folder, 'favicon.svg'))];
}

/** The scripts that pages name: each module at the top of public/js, joined with what it imports. */
async function scripts(): Promise<[name: string, content: Buffer][]> {
  const entries = await readdir(join(folder, 'js'));
  return entries
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => [
      `js/${name.replace(/ts$/, 'js')}`,
      Buffer.from(browserScript(pathToFileURL(join(folder, 'js', name)))),
    ]);
}

/** Serves the stylesheet, the scripts of the pages, and the icon. */
export async function assetRoutes(app: FastifyInstance, { path, files }: Assets) {
  for (const [name, { type, plain, brotli }] of files) {
    app.get(
      `${path}/${name}`,
      { ...anonymous, logLevel: 'warn', schema: { hide: true } },
      async (request, reply) => {
        const takesBrotli = /\bbr\b/.test(request.headers['accept-encoding'] ?? '');
        if (takesBrotli) reply.header('content-encoding', 'br');
        return reply
          .headers({ 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding' })
          .type(type)
          .send(takesBrotli ? brotli : plain);
      },
    );
  }
  app.get('/favicon.ico', { ...anonymous, schema: { hide: true } }, (_request, reply) =>
    reply.redirect(`${path}/favicon.svg`, 302),
  );
}

function brotli(plain: Buffer): Buffer {
  return brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
}
