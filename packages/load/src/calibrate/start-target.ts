import { fileURLToPath } from 'node:url';
import type { Launch, LaunchedProgram } from '@marteau/launch';
import { MarteauError } from '@marteau/shared';

const program = fileURLToPath(new URL('./target.ts', import.meta.url));

/** Starts the built-in target; says where it is. It ends with the signal. */
export async function startTarget(launch: Launch, signal: AbortSignal, cwd: string): Promise<string> {
  const started = await launch({
    file: process.execPath,
    args: [program],
    cwd,
    env: {},
    signal,
    stdin: 'pipe',
    extraPipes: 0,
  });
  started.stderr.resume();
  const port = await firstLine(started);
  if (port === null) {
    const { sentence } = await started.exited;
    throw new MarteauError('engine-lost', { detail: `the target of the calibration: ${sentence}` });
  }
  return `http://127.0.0.1:${port}`;
}

/** Null when it ended before. */
function firstLine({ stdout }: LaunchedProgram): Promise<string | null> {
  return new Promise((resolve) => {
    let seen = '';
    stdout.setEncoding('utf8');
    stdout.on('data', (text: string) => {
      seen += text;
      if (seen.includes('\n')) resolve(seen.slice(0, seen.indexOf('\n')));
    });
    stdout.once('close', () => resolve(null));
  });
}
