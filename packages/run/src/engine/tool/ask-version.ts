import { text } from 'node:stream/consumers';
import { MarteauError } from '@marteau/shared';
import type { Tool } from '@marteau/tools';
import type { EngineWork, Running } from '../engine.ts';

const LONGEST_MS = 30_000;
const MOST_BYTES = 64 * 1024;

/**
 * Which version of a tool is where the run's programs live; empty for a command.
 * @param node as people call it
 * @throws MarteauError tool-missing; the signal's reason
 */
export async function askVersion(
  { program, title }: Pick<Tool, 'program' | 'title'>,
  { places, env }: Pick<EngineWork, 'places' | 'env'>,
  { launch, signal }: Pick<Running, 'launch' | 'signal'>,
  node: string,
): Promise<string> {
  if (program === null) return '';
  const asked = launch({
    file: program.file,
    args: program.args,
    cwd: places.wdir,
    env,
    signal,
    deadlineMs: LONGEST_MS,
    maxOutputBytes: MOST_BYTES,
  });
  const [stdout, stderr, exit] = await Promise.all([text(asked.stdout), text(asked.stderr), asked.exited]);
  signal.throwIfAborted();
  if (exit.cause === 'could-not-start')
    throw new MarteauError('tool-missing', { tool: title, node, install: program.install });
  return program.version(`${stdout}\n${stderr}`) ?? '';
}
