import type { Readable } from 'node:stream';
import type { Masker } from '@marteau/shared';
import { lineSplitter } from './line-splitter.ts';

/** Where a program's output goes, chunk by chunk; `end` once, after the last. */
export interface LineInput {
  write(chunk: Uint8Array): void;
  end(): void;
}

/**
 * Makes lines that may be shown of a program's output.
 *
 *     bytes ─▶ text ─▶ secrets masked ─▶ whole lines, cut ─▶ lines
 */
export function lineInput(masker: Masker, lines: (lines: string[]) => void): LineInput {
  const decoder = new TextDecoder();
  const masked = masker.stream();
  const splitter = lineSplitter();
  return {
    write: (chunk) => lines(splitter.push(masked.push(decoder.decode(chunk, { stream: true })))),
    end: () => {
      lines(splitter.push(masked.push(decoder.decode()) + masked.end()));
      lines(splitter.end());
    },
  };
}

/** Reads streams to their end, each into an input of its own; resolves when all have ended, and never rejects. */
export async function readLines(streams: readonly Readable[], open: () => LineInput): Promise<void> {
  await Promise.all(
    streams.map(async (stream) => {
      const input = open();
      try {
        for await (const chunk of stream) input.write(chunk);
      } catch {
        // a pipe that breaks is told by the program's exit
      }
      input.end();
    }),
  );
}
