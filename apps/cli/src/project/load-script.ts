import type { ResolvedFile } from '@marteau/file';
import { launch } from '@marteau/launch';
import { type ScriptLoaded, startShare } from '@marteau/load';
import { foreignEnv } from '@marteau/run';
import type { RunFolders } from '../run/run-folders.ts';

interface LoadScriptOptions {
  /** The project's. */
  folder: string;
  work: RunFolders;
  /** Where programs are looked for. */
  path: string;
  /** Of the file, with its secrets filled in. */
  env: Readonly<Record<string, string>>;
  secrets: readonly string[];
  signal: AbortSignal;
}

/**
 * Loads the script and the data of a file as a run would, up to where its load would begin, and says what it has.
 * @throws MarteauError script-*, data-*
 */
export async function loadScript(
  file: ResolvedFile,
  { folder, work, path, env, secrets, signal }: LoadScriptOptions,
): Promise<ScriptLoaded> {
  const over = new AbortController();
  const places = { tree: folder, wdir: folder, home: work.home, temp: work.temp };
  const [target = null] = file.targets;
  const share = await startShare(
    {
      root: folder,
      wdir: file.wdir,
      script: file.script,
      test: file.test,
      plan: file.load.plan,
      share: { index: 0, of: 1 },
      node: '',
      target,
      env: { ...foreignEnv(places, path), ...env },
      out: work.out,
      options: file,
      run: null,
      secrets,
      threads: 1,
    },
    { launch, signal: AbortSignal.any([signal, over.signal]) },
  );
  share.stdout.resume();
  share.stderr.resume();
  const ready = await share.ready;
  over.abort();
  await share.done;
  signal.throwIfAborted();
  if ('error' in ready) throw ready.error;
  return ready;
}
