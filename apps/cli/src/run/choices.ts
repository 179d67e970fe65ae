import type { FileChoices } from '@marteau/file';
import type { Options } from '../command.ts';
import { usageError } from '../errors/command-error.ts';

/** The options by which a run differs from what its file says. */
export const choiceOptions = {
  profile: { type: 'string' },
  test: { type: 'string' },
  target: { type: 'string' },
  set: { type: 'string', multiple: true },
} as const;

export const choicesExplained = {
  '--profile NAME': 'with a profile of its file',
  '--test NAME': 'one test of the script alone',
  '--target URL': 'another target than that of the file',
  '--set FIELD=VALUE': 'another value for any field of the file: --set cycles=1:5 --set find.maxUsers=50',
} as const;

export const CHOICE_USAGE = '[--profile NAME] [--test NAME] [--target URL] [--set FIELD=VALUE]…';

/**
 * Profile and overrides of a command line. `--set cycles=1:5`, `--set app.command=npm`; a value that begins with [ or { is
 * JSON.
 * @throws CommandError
 */
export function choicesOf(options: Options): FileChoices {
  const overrides: Record<string, unknown> = {};
  for (const text of [options.set ?? []].flat()) {
    const [, field, value] = /^([A-Za-z]\w*(?:\.[\w-]+)*)=(.*)$/s.exec(String(text)) ?? [];
    if (field === undefined || value === undefined)
      throw usageError(`--set takes FIELD=VALUE, for example --set duration=10s; '${text}' is not like it.`);
    overrides[field] = readValue(field, value);
  }
  for (const field of ['test', 'target'] as const) {
    if (typeof options[field] === 'string') overrides[field] = options[field];
  }
  return { profile: typeof options.profile === 'string' ? options.profile : null, overrides };
}

function readValue(field: string, text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw usageError(`--set ${field} begins like JSON, and is none: ${(error as Error).message}.`);
  }
}
