import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Those of `deps` that are in no node_modules from the folder upwards, where Node would find them. */
export async function missingDeps(deps: readonly string[], wdir: string): Promise<string[]> {
  const missing = await Promise.all(
    deps.map(async (dep) => ((await isThere(nameOf(dep), wdir)) ? [] : [dep])),
  );
  return missing.flat();
}

async function isThere(name: string, folder: string): Promise<boolean> {
  if (await stat(join(folder, 'node_modules', name)).catch(() => null)) return true;
  const above = dirname(folder);
  return above !== folder && isThere(name, above);
}

/** 'left-pad' of 'left-pad@1.3.0', '@scope/name' of '@scope/name@^2'. */
function nameOf(dep: string): string {
  return /^(@[^/]+\/)?[^@]+/.exec(dep)?.[0] ?? dep;
}
