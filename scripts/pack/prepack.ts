// Before `npm pack` of apps/cli: everything that the command needs, as JavaScript, in apps/cli/dist, and a package.json
// for it. postpack.ts takes both away again. docs/decisions/0009-packing-the-command.md says why.
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { writeDeclarations } from './declarations.ts';
import { packedManifest } from './packed-manifest.ts';
import { filesOf, partsOf } from './parts.ts';
import { CLI, dist, manifestFile, root, savedManifestFile } from './places.ts';
import { asJavaScript, packedName } from './rewrite.ts';

/** Read at run time, by paths relative to the code. */
const assets = [
  'templates',
  'LICENSE',
  ...globSync('packages/*/src/sandboxes/**/*.pl', { cwd: root }),
].filter((file) => !file.includes('/fixtures/'));

if (existsSync(savedManifestFile)) renameSync(savedManifestFile, manifestFile); // packing was cut off
rmSync(dist, { recursive: true, force: true });

const parts = partsOf(root, CLI);
const packed = new Set(parts.flatMap((part) => filesOf(root, part)));
const entries = new Map(
  parts.flatMap(({ folder, manifest }) =>
    Object.entries(manifest.exports ?? {}).map(
      ([name, file]) => [join(manifest.name, name), join(folder, file)] as const,
    ),
  ),
);
for (const file of packed) {
  const source = readFileSync(join(root, file), 'utf8');
  write(packedName(file), asJavaScript(source, { file, packed, entries }));
}
for (const { folder, manifest } of parts) {
  const { name, version } = manifest;
  write(join(folder, 'package.json'), JSON.stringify({ name, version, type: 'module' }));
}
for (const asset of assets) cpSync(join(root, asset), join(dist, asset), { recursive: true });
writeDeclarations(Object.values(parts[0]!.manifest.exports ?? {}), { packed, entries });
const manifest = packedManifest(parts);
renameSync(manifestFile, savedManifestFile);
writeFileSync(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);

function write(file: string, text: string): void {
  mkdirSync(dirname(join(dist, file)), { recursive: true });
  writeFileSync(join(dist, file), text);
}
