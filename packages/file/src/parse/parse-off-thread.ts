import { spellDuration } from '@marteau/shared';
import type { ParsedFile } from './parse.ts';
import { type NoAnswer, ParserThread } from './parser-thread.ts';

const thread = new ParserThread();

/**
 * `parseFile` in another thread, which is ended when a file takes longer than `deadlineMs` (5 s) or too much memory:
 * that, too, is a problem of the file. For every text that comes from outside.
 */
export async function parseFileOffThread(
  input: string | Uint8Array,
  { deadlineMs = 5_000 }: { deadlineMs?: number } = {},
): Promise<ParsedFile> {
  const answer = await thread.parse(input, deadlineMs);
  if (typeof answer !== 'string') return answer;
  return { file: null, problems: [{ line: 1, column: 1, path: '', ...sentences[answer](deadlineMs) }] };
}

const FIX = 'write it out plainly, without deep nesting and without anchors';

const sentences: Record<NoAnswer, (deadlineMs: number) => { what: string; fix: string }> = {
  'too late': (ms) => ({ what: `reading the file took longer than ${spellDuration(ms)}`, fix: FIX }),
  'out of memory': () => ({ what: 'reading the file took too much memory', fix: FIX }),
};
