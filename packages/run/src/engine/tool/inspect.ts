import { text } from 'node:stream/consumers';
import type { Tool } from '@marteau/tools';
import type { EngineWork, Running } from '../engine.ts';

const LONGEST_MS = 30_000;
const MOST_BYTES = 1 << 20;

/**
 * How long a tool's own plan takes, as the tool itself says, ms; null where it says nothing.
 * @throws the signal's reason
 */
export async function inspectedLength(
  tool: Tool,
  { file, places, env, target }: EngineWork,
  { launch, signal }: Pick<Running, 'launch' | 'signal'>,
): Promise<number | null> {
  const asked = tool.inspect?.({ script: file.script, wdir: places.wdir, target });
  if (asked === undefined) return null;
  const program = launch({
    file: asked.file,
    args: asked.args,
    cwd: places.wdir,
    env: { ...env, ...asked.env },
    signal,
    deadlineMs: LONGEST_MS,
    maxOutputBytes: MOST_BYTES,
  });
  program.stderr.resume();
  const [printed, exit] = await Promise.all([text(program.stdout), program.exited]);
  signal.throwIfAborted();
  // What is wrong with the script, its run says.
  return exit.code === 0 ? (asked.read(printed)?.lengthMs ?? null) : null;
}
