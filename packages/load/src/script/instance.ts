import Module from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Agent } from '../fetch/agent.ts';
import { Suite } from './definition.ts';
import { formats, IsCommonJs, importProgram } from './resolve.ts';
import { scopes } from './scope.ts';

/** What `require` itself is made of. */
const loader = Module as unknown as {
  _load(file: string, parent: null, isMain: boolean): unknown;
};

/**
 * Loads the script anew, and the modules of the project that it imports, so that what they keep at their top level
 * belongs to one user, and collects its tests. Packages are shared with the other users of the thread.
 * @param number which user's instance; the same number gives the same instance of an ES module
 * @returns the file's own suite. Rejects with what the script threw.
 */
export async function loadInstance(path: string, number: number, agent: Agent): Promise<Suite> {
  const suite = new Suite('', null);
  agent.own?.modules.clear();
  await scopes.run({ agent, suite, running: null }, load, path, number);
  while (suite.reading.length > 0) await suite.reading.shift();
  return suite;
}

async function load(path: string, number: number): Promise<void> {
  const url = pathToFileURL(path).href;
  // A second import would not run a module of CommonJS again.
  if (formats.get(url)?.startsWith('commonjs')) loadCommonJs(path);
  else
    await importProgram(`${url}?user=${number}`).catch((error: unknown) => {
      if (!(error instanceof IsCommonJs)) throw error;
      loadCommonJs(path);
    });
}

function loadCommonJs(path: string): void {
  const file = fileURLToPath(pathToFileURL(path));
  // As the program itself: `require.main === module` holds.
  loader._load(file, null, true);
}
