import { join } from 'node:path';
import { outsideOf, type Part } from './parts.ts';
import { packedName } from './rewrite.ts';

/** The package.json that is packed: the command's own, with paths into dist, and what the parts need from outside. */
export function packedManifest(parts: readonly Part[]): object {
  const { folder, manifest } = parts[0]!;
  const { name, version, license, description, bin, exports } = manifest;
  const inDist = (file: string): string => `./${join('dist', folder, packedName(file))}`;
  const map = <T>(record: Record<string, string> = {}, to: (file: string) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(record).map(([key, file]) => [key, to(file)]));
  return {
    name,
    version,
    description,
    license,
    type: 'module',
    engines: { node: '>=24' },
    bin: map(bin, inDist),
    exports: map(exports, (file) => ({
      types: inDist(file).replace(/\.js$/, '.d.ts'),
      default: inDist(file),
    })),
    files: ['dist'],
    dependencies: outsideOf(parts),
  };
}
