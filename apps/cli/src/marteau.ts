import { parseArgs } from 'node:util';
import { isMarteauError } from '@marteau/shared';
import type { Call, Command } from './command.ts';
import { commands } from './commands/index.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { version } from './version.ts';
import type { World } from './world.ts';

/** Runs one command line and answers how it ended. */
export async function marteau(argv: readonly string[], world: World): Promise<ExitCode> {
  const [word, ...rest] = argv;
  if (word === undefined || word === 'help' || word === '--help' || word === '-h')
    return help(rest[0], world);
  if (word === '--version' || word === 'version') {
    world.out(`${version}\n`);
    return exitCodes.pass;
  }
  const command = commands.find(({ name }) => name === word);
  if (!command)
    return wrong(
      `There is no command '${word}'. There are: ${commands.map((c) => c.name).join(', ')}.`,
      world,
    );
  if (rest.includes('--help')) return help(word, world);
  let call: Call;
  try {
    call = parse(command, rest);
  } catch (error) {
    return wrong(`${(error as Error).message}\nUsage: marteau ${command.name} ${command.usage}`, world);
  }
  try {
    return await command.run(call, world);
  } catch (error) {
    if (!isMarteauError(error)) throw error;
    world.err(`${error.message}\n`);
    return exitCodes.surroundings;
  }
}

function parse(command: Command, rest: string[]): Call {
  const { values, positionals } = parseArgs({ args: rest, options: command.options, allowPositionals: true });
  if (positionals.length > command.maxArguments) {
    throw new Error(`'${positionals[command.maxArguments]}' is one word too many.`);
  }
  return { arguments: positionals, options: values };
}

function help(word: string | undefined, world: World): ExitCode {
  const command = commands.find(({ name }) => name === word);
  if (command) {
    world.out(`${command.about}\n\nUsage: marteau ${command.name} ${command.usage}\n`);
    return exitCodes.pass;
  }
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  world.out('Marteau runs load tests that are plain unit tests.\n\n');
  for (const { name, about } of commands) world.out(`  ${name.padEnd(width)}${about}\n`);
  world.out('\nmarteau help COMMAND shows its options.\n');
  return exitCodes.pass;
}

function wrong(sentence: string, world: World): ExitCode {
  world.err(`${sentence}\n`);
  return exitCodes.usage;
}
