import type { ConsoleEvent } from '@marteau/shared';
import { newPen, type Pen, parseAnsi, type Span } from '../../public/js/parts/ansi.ts';

const MOST_LINES = 1_000;
const LONGEST_LINE = 4_000;

export interface ConsoleTail {
  lines: { from: string; spans: Span[] }[];
  /** Whether earlier lines were left out. */
  cut: boolean;
}

/** The last lines of a console as spans of text with colours. */
export function consoleTail(chunks: readonly Pick<ConsoleEvent, 'from' | 'share' | 'text'>[]): ConsoleTail {
  const lines = chunks.flatMap(({ from, share, text }) =>
    text
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => ({ from, share, line: line.slice(0, LONGEST_LINE) })),
  );
  const pens = new Map<string, Pen>();
  const penOf = (key: string) => {
    const pen = pens.get(key) ?? newPen();
    pens.set(key, pen);
    return pen;
  };
  return {
    lines: lines
      .slice(-MOST_LINES)
      .map(({ from, share, line }) => ({ from, spans: parseAnsi(line, penOf(`${from} ${share}`)) })),
    cut: lines.length > MOST_LINES,
  };
}
