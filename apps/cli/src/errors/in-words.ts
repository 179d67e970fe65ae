import { isMarteauError } from '@marteau/shared';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { CommandError } from './command-error.ts';

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
  'file-not-fetched',
  'not-yet',
  'package-outside',
  'wdir-missing',
  'script-missing',
  'script-outside',
  'data-missing',
  'data-unusable',
  'traffic-unusable',
  'timeout-short',
  'secret-unknown',
  'secret-unset',
  'secret-short',
]);

const aboutTheCommandLine = new Set(['overrides-wrong', 'bad-request', 'ref-wrong', 'results-unreadable']);

/** How a command ends for the stable code of an error, its own or one that a server tells. */
export function exitCodeOf(code: string | null): ExitCode {
  if (code === null) return exitCodes.surroundings;
  if (aboutTheCommandLine.has(code) || code.startsWith('address-')) return exitCodes.usage;
  if (aboutTheFile.has(code) || code.startsWith('marteau-file-')) return exitCodes.file;
  if (code.startsWith('script-')) return exitCodes.script;
  return exitCodes.surroundings;
}

/** What the system says of a file that a command was to read or write. */
interface FileError extends NodeJS.ErrnoException {
  code: string;
  path: string;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of it is a file, and no folder',
  EISDIR: 'it is a folder',
  EEXIST: 'a file of that name is there',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
};

/** Whether this is a file's trouble, about which a person can do something, and no defect of Marteau. */
function isFileError(error: unknown): error is FileError {
  const { code, path } = Object(error) as Partial<FileError>;
  return code !== undefined && path !== undefined && Object.hasOwn(reasons, code);
}

function sayFileError({ code, path }: FileError): string {
  return `${path} cannot be read or written: ${reasons[code]}.`;
}
