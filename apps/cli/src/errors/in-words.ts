import { isMarteauError } from '@marteau/shared';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { CommandError } from './command-error.ts';
import { isFileError, sayFileError } from './file-error.ts';

/** What a person is told of an error, and how the command ends. */
export interface ErrorInWords {
  sentence: string;
  exitCode: ExitCode;
  /** The stable code of the catalogue, where the error is from there. */
  code: string | null;
}

/** Null for an error that nobody foresaw: a defect. */
export function inWords(error: unknown): ErrorInWords | null {
  if (error instanceof CommandError) return { sentence: error.message, exitCode: error.exitCode, code: null };
  if (isFileError(error))
    return { sentence: sayFileError(error), exitCode: exitCodes.surroundings, code: null };
  if (!isMarteauError(error)) return null;
  return { sentence: error.message, exitCode: exitCodeOf(error.code), code: error.code };
}

/** `.marteau.yml`, or what it names, is not as it has to be. */
const aboutTheFile = new Set([
  'file-missing',
  'file-wrong',
  'not-yet',
  'wdir-missing',
  'script-missing',
  'script-outside',
  'data-missing',
  'data-unusable',
  'secret-unknown',
  'secret-unset',
  'secret-short',
]);

const aboutTheCommandLine = new Set(['overrides-wrong', 'bad-request', 'ref-wrong']);

/** How a command ends for the stable code of an error, its own or one that a server tells. */
export function exitCodeOf(code: string | null): ExitCode {
  if (code === null) return exitCodes.surroundings;
  if (aboutTheCommandLine.has(code) || code.startsWith('address-')) return exitCodes.usage;
  if (aboutTheFile.has(code) || code.startsWith('marteau-file-')) return exitCodes.file;
  if (code.startsWith('script-')) return exitCodes.script;
  return exitCodes.surroundings;
}
