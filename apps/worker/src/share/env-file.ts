import { MarteauError } from '@marteau/shared';

/**
 * Reads the lines `NAME=value` that commands of `before` wrote to the file in $MARTEAU_ENV. Later lines win; empty
 * lines and those that begin with # say nothing.
 * @throws MarteauError env-wrong
 */
export function readEnvFile(text: string): Record<string, string> {
  const env: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined)
      throw new MarteauError('env-wrong', { line: line.slice(0, 100) });
    env[name] = value;
  }
  return env;
}
