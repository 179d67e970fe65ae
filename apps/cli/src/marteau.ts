import { parseArgs } from 'node:util';
import { nearest } from '@marteau/shared';
import type { Call, Command } from './command.ts';
import { commands } from './commands/index.ts';
import { inWords } from './errors/in-words.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { version } from './version.ts';
import type { World } from './world.ts';

const names = Object.keys(commands);

/** Runs one command line and answers how it ended. */
export async function marteau(argv: readonly string[], world: World): Promise<ExitCode> {
  const [word, ...rest] = argv;
  if (word === undefined || word === 'help' || word === '--help' || word === '-h')
    return help(rest[0], world);
  if (word === '--version' || word === 'version') {
    world.out(`${version}\n`);
    return exitCodes.pass;
  }
  if (!Object.hasOwn(commands, word)) return unknown(word, world);
  const command = await commands[word]!();
  if (rest.includes('--help') || rest.includes('-h')) return help(word, world);
  let call: Call;
  try {
    call = parse(command, rest);
  } catch (error) {
    return wrong(`${(error as Error).message}\nUsage: marteau ${command.name} ${command.usage}`, world);
  }
  try {
    return await command.run(call, world);
  } catch (error) {
    const told = inWords(error);
    if (told === null) throw error;
    world.err(`${told.sentence}\n`);
    return told.exitCode;
  }
}

function parse(command: Command, rest: string[]): Call {
  const { values, positionals } = parseArgs({ args: rest, options: command.options, allowPositionals: true });
  if (positionals.length > command.maxArguments) {
    throw new Error(`'${positionals[command.maxArguments]}' is one word too many.`);
  }
  return { arguments: positionals, options: values };
}

async function help(word: string | undefined, world: World): Promise<ExitCode> {
  if (word !== undefined && !word.startsWith('-')) {
    if (!Object.hasOwn(commands, word)) return unknown(word, world);
    const { about, name, usage, explains = {} } = await commands[word]!();
    world.out(`${about}\n\nUsage: marteau ${name} ${usage}\n`);
    const width = Math.max(0, ...Object.keys(explains).map((option) => option.length)) + 2;
    const lines = Object.entries(explains).map(([option, words]) => `  ${option.padEnd(width)}${words}\n`);
    if (lines.length > 0) world.out(`\n${lines.join('')}`);
    return exitCodes.pass;
  }
  const all = await Promise.all(Object.values(commands).map((load) => load()));
  const width = Math.max(...names.map((name) => name.length)) + 2;
  world.out('Marteau runs load tests that are plain unit tests.\n\n');
  for (const { name, about } of all) world.out(`  ${name.padEnd(width)}${about}\n`);
  world.out('\nmarteau help COMMAND shows its options.\n');
  return exitCodes.pass;
}

function unknown(word: string, world: World): ExitCode {
  const near = nearest(word, names);
  const meant = near === null ? '' : ` Did you mean '${near}'?`;
  return wrong(`There is no command '${word}'.${meant} There are: ${names.join(', ')}.`, world);
}

function wrong(sentence: string, world: World): ExitCode {
  world.err(`${sentence}\n`);
  return exitCodes.usage;
}
