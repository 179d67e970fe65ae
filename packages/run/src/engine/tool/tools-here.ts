import { text } from 'node:stream/consumers';
import { findProgram, launch } from '@marteau/launch';
import { tools } from '@marteau/tools';

const LONGEST_MS = 10_000;

/**
 * Which tools of others are on this machine, by name, with their versions; 'yes' where asking for it takes long.
 * @param searchPath where programs are looked for
 */
export async function toolsHere(searchPath: string): Promise<Record<string, string>> {
  const found = await Promise.all(
    tools.map(async ({ name, program }): Promise<[string, string][]> => {
      if (program === null || !('path' in findProgram(program.file, '/', searchPath))) return [];
      if (program.isSlow) return [[name, 'yes']];
      const asked = launch({
        file: program.file,
        args: program.args,
        cwd: '/',
        env: { PATH: searchPath, HOME: '/nonexistent' },
        signal: new AbortController().signal,
        deadlineMs: LONGEST_MS,
      });
      const [stdout, stderr, exit] = await Promise.all([
        text(asked.stdout),
        text(asked.stderr),
        asked.exited,
      ]);
      return exit.code === 0 ? [[name, program.version(`${stdout}\n${stderr}`) ?? 'yes']] : [];
    }),
  );
  return Object.fromEntries(found.flat());
}
