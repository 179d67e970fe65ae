import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createTempFolder } from '@marteau/testkit';

/** A registry of npm packages, as small as npm lets it be. */
export interface NpmRegistry extends AsyncDisposable {
  url: string;
  /** Paths that were asked for. */
  asked: string[];
}

/** @param packages by name: version and files (package.json is made where there is none) */
export async function startNpmRegistry(
  packages: Record<string, { version: string; manifest?: object; files: Record<string, string> }>,
): Promise<NpmRegistry> {
  const archives = new Map<string, Buffer>();
  for (const [name, { version, manifest, files }] of Object.entries(packages)) {
    const json = JSON.stringify({ name, version, type: 'module', main: 'index.js', ...manifest });
    archives.set(name, await pack({ 'package.json': json, ...files }));
  }
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, 'http://registry').pathname.slice(1));
    asked.push(path);
    const [name = '', file] = path.split('/-/');
    const archive = archives.get(name);
    if (!archive) return void response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
    if (file) return void response.end(archive);
    const { version, manifest } = packages[name]!;
    const dist = {
      tarball: `${registry.url}${name}/-/${name}-${version}.tgz`,
      integrity: `sha512-${createHash('sha512').update(archive).digest('base64')}`,
    };
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        name,
        'dist-tags': { latest: version },
        versions: { [version]: { name, version, type: 'module', main: 'index.js', ...manifest, dist } },
      }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const registry: NpmRegistry = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return registry;
}

async function pack(files: Record<string, string>): Promise<Buffer> {
  await using folder = await createTempFolder();
  for (const [path, content] of Object.entries(files)) {
    const at = join(folder.path, 'package', path);
    await mkdir(dirname(at), { recursive: true });
    await writeFile(at, content);
  }
  const archive = join(folder.path, 'package.tgz');
  await promisify(execFile)('tar', ['-czf', archive, '-C', folder.path, 'package']);
  const bytes = await readFile(archive);
  await rm(archive);
  return bytes;
}
