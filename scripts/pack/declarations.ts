import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CLI, root } from './places.ts';
import { type RewriteOptions, rewrite } from './rewrite.ts';

/**
 * Writes the types of what `import … from 'marteau'` gives, and of what these need, beside the packed modules.
 * @param dist where these stand
 * @param exported files of the command's own package: './src/index.ts'
 */
export function writeDeclarations(
  dist: string,
  exported: readonly string[],
  options: Omit<RewriteOptions, 'file'>,
): void {
  const made = mkdtempSync(join(tmpdir(), 'marteau-types-'));
  try {
    const written = new Set<string>();
    for (const file of exported) copy(join(CLI, file), { dist, made, written, ...options });
  } finally {
    rmSync(made, { recursive: true });
  }
}

/** What the compiler reaches through node_modules it takes for somebody else's, so each entry is named to it. */
function emit(file: string, folder: string): void {
  const flags = '--ignoreConfig --declaration --emitDeclarationOnly --allowImportingTsExtensions --noCheck';
  const target = '--target esnext --module nodenext --types node --lib esnext --strict';
  execFileSync(
    process.execPath,
    [
      join(root, 'node_modules/typescript/bin/tsc'),
      ...flags.split(' '),
      ...target.split(' '),
      '--rootDir',
      '.',
      '--outDir',
      folder,
      file,
    ],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  );
}

type CopyOptions = Omit<RewriteOptions, 'file'> & { dist: string; made: string; written: Set<string> };

/** Copies the types of one module, and of those that it names. @param file relative to the repository */
function copy(file: string, options: CopyOptions): void {
  const { dist, made, written, ...names } = options;
  if (written.has(file)) return;
  written.add(file);
  const types = file.replace(/\.ts$/, '.d.ts');
  if (!existsSync(join(made, types))) emit(file, made);
  const text = rewrite(readFileSync(join(made, types), 'utf8'), types, { file, ...names });
  mkdirSync(dirname(join(dist, types)), { recursive: true });
  writeFileSync(join(dist, types), text);
  for (const [, named = ''] of text.matchAll(/(?:from |import\()'(\.\.?\/[^']+)\.js'/g))
    copy(join(dirname(file), `${named}.ts`), options);
}
