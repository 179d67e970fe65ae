import { type ExitCode, exitCodes } from '../exit-codes.ts';

/** Ends a command with a sentence for a person and an exit code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(sentence: string, exitCode: ExitCode) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

/** The command line is wrong; the sentence says how it would be right. */
export function usageError(sentence: string): CommandError {
  return new CommandError(sentence, exitCodes.usage);
}
