import type { ParseArgsOptionsConfig } from 'node:util';
import type { ExitCode } from './exit-codes.ts';
import type { World } from './world.ts';

/** One word of `marteau WORD …`. To add one: a file in commands/, a line in commands/index.ts. */
export interface Command {
  name: string;
  /** One line for the list. */
  about: string;
  /** What follows the name, e.g. `[DIR|URL] [--json]`. */
  usage: string;
  options: ParseArgsOptionsConfig;
  /** What its help says of an option: `--out FOLDER` → a few words. */
  explains?: Readonly<Record<string, string>>;
  /** How many words may follow; more is a mistake. */
  maxArguments: number;
  run(call: Call, world: World): Promise<ExitCode>;
}

/** The command line, parsed by the command's own options. */
export interface Call {
  arguments: string[];
  options: Options;
}

export type Options = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
