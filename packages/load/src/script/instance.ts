import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Agent } from '../fetch/agent.ts';
import { Suite } from './definition.ts';
import { formats } from './resolve.ts';
import { scopes } from './scope.ts';

/**
 * Loads the script anew, so that what it keeps at its top level belongs to one user, and collects its tests. Modules
 * that it imports are shared with the other users of the thread.
 * @param number which user's instance; the same number gives the same instance of an ES module
 * @returns the file's own suite. Rejects with what the script threw.
 */
export async function loadInstance(path: string, number: number, agent: Agent): Promise<Suite> {
  const suite = new Suite('', null);
  await scopes.run({ agent, suite, running: null }, load, path, number);
  while (suite.reading.length > 0) await suite.reading.shift();
  return suite;
}

async function load(path: string, number: number): Promise<void> {
  const url = pathToFileURL(path).href;
  // CommonJS knows a module by its file name, so a second import would not run it again.
  if (formats.get(url)?.startsWith('commonjs')) loadCommonJs(path);
  else await import(`${url}?user=${number}`);
}

function loadCommonJs(path: string): void {
  const require = createRequire(pathToFileURL(path));
  const file = fileURLToPath(pathToFileURL(path));
  delete require.cache[file];
  require(file);
}
