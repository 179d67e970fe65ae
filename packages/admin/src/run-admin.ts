import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMarteauError } from '@marteau/shared';
import { ConfigError, Environment, readServerSettings, type ServerSettings } from '@marteau/store';
import { commands } from './commands/index.ts';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
  version: string;
};

/** As `sysexits.h` has it. */
const WRONG_CONFIG = 78;
const WRONG_USAGE = 2;

/**
 * `npm run admin -- COMMAND`. @param argv without node and the script
 * @returns the exit code: 0, 1 where it failed or found something wrong, 2 for a command that is none, 78 for a wrong environment
 */
export async function runAdmin(
  argv: readonly string[],
  { env, cwd, say }: { env: Record<string, string | undefined>; cwd: string; say: (line: string) => void },
): Promise<number> {
  const [name, ...rest] = argv;
  const command = commands.find((one) => one.name === name);
  if (command === undefined) {
    say(name === undefined ? 'Usage: npm run admin -- COMMAND' : `There is no command ${name}.`);
    for (const { usage, about } of commands) say(`  ${usage}\n      ${about}`);
    return WRONG_USAGE;
  }
  try {
    const { values, positionals } = parse(command.options, rest);
    const [least, most] = command.takes;
    if (positionals.length < least || positionals.length > most) {
      say(`Usage: npm run admin -- ${command.usage}`);
      return WRONG_USAGE;
    }
    const settings = readSettings(env, cwd);
    return await command.run({ settings, env, cwd, version, args: positionals, options: values, say });
  } catch (error) {
    if (error instanceof ConfigError) {
      say(error.message);
      return WRONG_CONFIG;
    }
    if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
      say(`${error.message}\nUsage: npm run admin -- ${command.usage}`);
      return WRONG_USAGE;
    }
    if (!isMarteauError(error) && !isFromSystem(error)) throw error;
    say(error.message);
    return 1;
  }
}

/** As web and workers read them; the Redis of `npm start` is found by what it left in the data folder. */
function readSettings(env: Record<string, string | undefined>, cwd: string): ServerSettings {
  const environment = new Environment(env);
  const settings = readServerSettings(environment, cwd);
  environment.check();
  if (environment.text('REDIS_URL') !== null) return settings;
  try {
    return { ...settings, redisUrl: readFileSync(join(settings.dataFolder, 'redis.url'), 'utf8') };
  } catch {
    return settings; // nobody runs there
  }
}

function parse(options: (typeof commands)[number]['options'], args: string[]) {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  return { values: values as Record<string, string | boolean | undefined>, positionals };
}

/** A folder that may not be written, a name that no file can have: the system says it in words. */
function isFromSystem(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}
