import type { Around, Places } from '@marteau/fixture';
import { launch } from '@marteau/launch';
import { checkScript } from '@marteau/load';
import type { RunContext } from './run-context.ts';

interface NamesOptions {
  around: Around;
  places: Places;
  signal: AbortSignal;
}

/** The full names of the tests that are to be run, in the order of the script. @throws MarteauError script-* */
export async function namesOfTests(
  { file, secrets }: Pick<RunContext, 'file' | 'secrets'>,
  { around, places, signal }: NamesOptions,
): Promise<string[]> {
  const checked = await checkScript(
    {
      root: places.tree,
      wdir: file.wdir,
      script: file.script,
      test: file.test,
      target: around.target,
      env: around.env,
      options: file,
      secrets: Object.values(secrets),
    },
    { launch, signal },
  );
  signal.throwIfAborted();
  if ('error' in checked) throw checked.error;
  const wanted = checked.tests.filter(
    ({ name, fullName, skipped }) =>
      !skipped && (file.test === null || file.test === name || file.test === fullName),
  );
  return wanted.map(({ fullName }) => fullName);
}
