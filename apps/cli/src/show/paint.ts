import { styleText } from 'node:util';
import type { Line, Tone } from './verdict-lines.ts';

const styles: Readonly<Record<Exclude<Tone, 'plain'>, 'green' | 'red' | 'bold'>> = {
  good: 'green',
  bad: 'red',
  strong: 'bold',
};

/** Lines as text, in colours where they are wanted. */
export function paint(lines: readonly Line[], colour: boolean): string {
  const painted = lines.map(([text, tone]) =>
    colour && tone !== 'plain' ? styleText(styles[tone], text, { validateStream: false }) : text,
  );
  return painted.map((line) => `${line}\n`).join('');
}
