import { inspect } from 'node:util';
import type { SourceLine, Sources } from './stack.ts';

/** What was thrown, told for a person. Anything may be thrown, and its getters may throw in turn. */
export interface Thrown {
  readonly message: string;
  readonly where: SourceLine | null;
  /** Message and stack. */
  detail(): string;
}

/** @param place a stack to fall back to when what was thrown has none of the project's lines */
export function describeThrown(thrown: unknown, sources: Sources, place = ''): Thrown {
  const stack = stackOf(thrown);
  const where = sources.find(stack) ?? sources.find(stackOf(causeOf(thrown))) ?? sources.find(place);
  return {
    message: sources.shorten(messageOf(thrown)),
    where,
    detail: () =>
      [stack ? sources.clean(stack) : messageOf(thrown), ...causeLines(thrown, sources)].join('\n'),
  };
}

function messageOf(thrown: unknown): string {
  try {
    if (!(thrown instanceof Error))
      return typeof thrown === 'string' ? thrown : inspect(thrown, { depth: 1 });
    const { name } = thrown;
    const message = ofFetch(thrown);
    const plain = name === 'Error' || name === 'AssertionError' || message.startsWith(name);
    return plain ? message || name : `${name}: ${message}`;
  } catch {
    return 'something was thrown that cannot be shown';
  }
}

/** A failed fetch says what went wrong by its cause alone. */
function ofFetch({ message, cause }: Error): string {
  const isOfFetch = message === 'fetch failed' || message === 'terminated';
  return isOfFetch && cause instanceof Error ? `${message}: ${cause.message}` : message;
}

function stackOf(thrown: unknown): string {
  try {
    const stack = thrown instanceof Error ? thrown.stack : undefined;
    return typeof stack === 'string' ? stack : '';
  } catch {
    return '';
  }
}

function causeOf(thrown: unknown): unknown {
  try {
    return thrown instanceof Error ? thrown.cause : undefined;
  } catch {
    return undefined;
  }
}

function causeLines(thrown: unknown, sources: Sources): string[] {
  const cause = causeOf(thrown);
  if (cause === undefined) return [];
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  const stack = stackOf(cause);
  return [`caused by ${stack ? sources.clean(stack) : messageOf(cause)}${code}`];
}
