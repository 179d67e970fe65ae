import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeDeclarations } from './declarations.ts';
import { packedManifest } from './packed-manifest.ts';
import { filesOf, partsOf, programsOf } from './parts.ts';
import { CLI, root } from './places.ts';
import { asJavaScript, packedName } from './rewrite.ts';

/** Read at run time, by paths relative to the code. */
const assets = ['templates', 'LICENSE'];

/**
 * Writes all that the command needs, as JavaScript, into a folder.
 * @param dist absolute; what is there is written over
 * @returns the package.json that goes with it
 */
export function layOut(dist: string): object {
  const parts = partsOf(root, CLI);
  const packed = new Set(parts.flatMap((part) => filesOf(root, part)));
  const entries = new Map(
    parts.flatMap(({ folder, manifest }) =>
      Object.entries(manifest.exports ?? {}).map(
        ([name, file]) => [join(manifest.name, name), join(folder, file)] as const,
      ),
    ),
  );
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(dist, file)), { recursive: true });
    writeFileSync(join(dist, file), text);
  };
  for (const file of packed) {
    const source = readFileSync(join(root, file), 'utf8');
    write(packedName(file), asJavaScript(source, { file, packed, entries }));
  }
  for (const { folder, manifest } of parts) {
    const { name, version } = manifest;
    write(join(folder, 'package.json'), JSON.stringify({ name, version, type: 'module' }));
  }
  for (const asset of [...assets, ...parts.flatMap((part) => programsOf(root, part))])
    cpSync(join(root, asset), join(dist, asset), { recursive: true });
  writeDeclarations(dist, Object.values(parts[0]!.manifest.exports ?? {}), { packed, entries });
  return packedManifest(parts);
}
