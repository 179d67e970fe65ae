import type { YAMLError } from 'yaml';

type Sentence = { what: string; fix: string };

/** After these the rest of the file still means what it says, so it is checked too. */
const harmless = new Set(['BAD_SCALAR_START', 'BAD_DQ_ESCAPE', 'TAG_RESOLVE_FAILED', 'MULTIPLE_DOCS']);

const sentences: Partial<Record<YAMLError['code'], (error: YAMLError, rest: string) => Sentence>> = {
  TAB_AS_INDENT: () => ({
    what: 'a tab indents this line',
    fix: 'YAML indents by spaces only: write two spaces for it',
  }),
  BAD_SCALAR_START: (_, rest) => cannotBeginWith(rest),
  BAD_DIRECTIVE: () => cannotBeginWith('%'),
  MULTIPLE_DOCS: () => ({
    what: 'a second document begins here',
    fix: 'keep one document; a variant of the test is a profile',
  }),
  BLOCK_AS_IMPLICIT_KEY: () => ({
    what: 'a colon and a space stand inside a value',
    fix: 'quote the value, or begin a new line for the field',
  }),
  MULTILINE_IMPLICIT_KEY: () => ({
    what: 'a field’s name runs over several lines',
    fix: 'write it on one line with a colon behind it',
  }),
  BAD_INDENT: (error) =>
    /end with a/.test(error.message)
      ? { what: 'a bracket before this is not closed', fix: 'write [a, b] or {a: 1, b: 2}' }
      : { what: 'the indentation does not fit', fix: 'indent all fields of one map alike, by spaces' },
  BAD_DQ_ESCAPE: () => ({
    what: 'an unknown escape stands in double quotes',
    fix: 'use single quotes, or write the backslash twice',
  }),
  TAG_RESOLVE_FAILED: (_, rest) => ({
    what: `'${firstWord(rest)}' is a YAML tag`,
    fix: 'no tags are used here; quote the value if it begins with !',
  }),
  UNEXPECTED_TOKEN: (_, rest) => ({
    what: `'${firstWord(rest)}' cannot stand here`,
    fix: 'remove it, close the quote or bracket before it, or quote the value',
  }),
  KEY_OVER_1024_CHARS: () => ({
    what: 'a field’s name is longer than 1024 characters',
    fix: 'begin a new line after the name and its colon',
  }),
  MISSING_CHAR: (error) => missingCharacter(error.message),
};

/** What a YAML error means to the author of the file. */
export function explainSyntax(error: YAMLError, text: string): Sentence {
  const sentence = sentences[error.code];
  if (sentence) return sentence(error, text.slice(error.pos[0], error.pos[0] + 80));
  return { what: lower(error), fix: 'correct the YAML here, or quote the value' };
}

/** Whether the values after such an error are still to be believed. */
export function isHarmless(error: YAMLError): boolean {
  return harmless.has(error.code);
}

function missingCharacter(message: string): Sentence {
  if (/quote/.test(message))
    return { what: 'a quote is opened and not closed', fix: 'close it behind the value' };
  if (/flow|comma|\}|\]/i.test(message)) {
    return { what: 'a bracket is not closed, or a comma is missing', fix: 'write {a: 1, b: 2} or [a, b]' };
  }
  return {
    what: 'a colon or a space is missing here',
    fix: 'write NAME: VALUE, with a space behind the colon',
  };
}

function cannotBeginWith(rest: string): Sentence {
  return {
    what: `'${firstWord(rest)}' stands without quotes`,
    fix: `quote it: a value cannot begin with ${rest.charAt(0)}`,
  };
}

function firstWord(rest: string): string {
  return /^[^\s,\]}]{1,40}/.exec(rest)?.[0] ?? rest.charAt(0);
}

function lower(error: YAMLError): string {
  const sentence = (error.message.split('\n')[0] ?? '').replace(/ at line \d+.*$/, '');
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
