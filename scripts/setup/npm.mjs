import { delimiter } from 'node:path';
import { runQuietly } from './run-quietly.mjs';
import { SetupError } from './setup-error.mjs';

/** Runs npm; throws a SetupError with the end of its output and the line to type when it fails. */
export async function npm(...args) {
  const { ok, output } = await runQuietly(['npm', ...args], { ...process.env, PATH: pathOfTheSystem() });
  if (ok) return;
  throw new SetupError(
    `${reason(output)}\nMarteau could not be set up, because \`npm ${args.join(' ')}\` failed with the lines above. Once that is mended, run the command again.`,
  );
}

/** npm says why it failed first, and much else before and after. */
function reason(output) {
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('npm warn'));
  return lines.slice(0, 12).join('\n');
}

/** Without node_modules/.bin, which npm puts first: the Node 24 in there is what npm is about to replace. */
function pathOfTheSystem() {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.endsWith('node_modules/.bin'))
    .join(delimiter);
}
