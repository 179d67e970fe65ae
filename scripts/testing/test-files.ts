import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

const EVERYWHERE = ['apps', 'packages', 'examples', 'bench', 'scripts', 'tests'];

/** Every test file of the repository, relative to its folder, in the order of their names. */
export function findTestFiles(root: string): string[] {
  const scripts = new Set(loadScripts(root));
  return glob(root, `{${EVERYWHERE}}/**/*.test.ts`)
    .filter((file) => !file.includes('/fixtures/') && !scripts.has(file))
    .sort();
}

/** Whether it is none of the everyday's: it takes minutes, or needs programs and rights that few machines have. */
export function isLong(file: string): boolean {
  return file.endsWith('.long.test.ts');
}

/** Whether it needs tools of others that `npm run test:tools` installs. */
export function isOfTools(file: string): boolean {
  return file.endsWith('.tools.test.ts');
}

/** Those that lie under one of the paths, which may be folders or files; without a path, the long ones or the others. */
export function selectTestFiles(files: string[], paths: string[], root: string, long = false): string[] {
  if (paths.length === 0) return files.filter((file) => isLong(file) === long && !isOfTools(file));
  const wanted = paths.map((path) => relative(root, join(root, path)));
  return files.filter((file) => wanted.some((path) => file === path || file.startsWith(`${path}${sep}`)));
}

/** Workspaces that have source and no test: a glob that matches nothing passes, and this is how that shows. */
export function untestedWorkspaces(root: string, files: string[]): string[] {
  return glob(root, '{apps,packages}/*/package.json')
    .map(dirname)
    .filter((workspace) => glob(root, `${workspace}/src/**/*.ts`).length > 0)
    .filter((workspace) => !files.some((file) => file.startsWith(`${workspace}/`)));
}

/** What the examples run as load: plain tests too, but of a target that has to be there. */
function loadScripts(root: string): string[] {
  return glob(root, 'examples/*/.marteau.yml').flatMap((file) => {
    const script = /^script:\s*(\S+)/m.exec(readFileSync(join(root, file), 'utf8'))?.[1];
    return script ? [join(dirname(file), script)] : [];
  });
}

function glob(root: string, pattern: string): string[] {
  return globSync(pattern, { cwd: root, exclude: ['**/node_modules'] });
}
