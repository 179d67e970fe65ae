// ANSI colours as spans of text. Pure: strings in, data out; whoever shows it escapes it (textContent, autoescape).
// Everything that is no colour (cursor movement, titles, links, bells) is dropped.

export interface Span {
  text: string;
  /** Class names of app.css, '' for plain text. */
  style: string;
}

export interface Pen {
  /** Colours 0 … 15, -1 for none. */
  fore: number;
  back: number;
  /** Letters of b d t u s. */
  marks: string;
}

export function newPen(): Pen {
  return { fore: -1, back: -1, marks: '' };
}

const CSI = /^\u001b\[([0-9;:<=>?]*)[ -/]*([@-~]|$)/;
const LONG_COMMAND = /^\u001b[\]PX^_][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|$)/;
const SHORT_COMMAND = /^\u001b(?:[ -/]+[0-~]|[^[\]PX^_])?/;
const INVISIBLE =
  /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * One line as spans. The pen carries colours over from line to line and is changed.
 * @param line without its line feed
 */
export function parseAnsi(line: string, pen: Pen): Span[] {
  const spans: Span[] = [];
  let rest = lastOverwrite(line);
  while (rest !== '') {
    const begin = rest.indexOf('\u001b');
    const text = (begin === -1 ? rest : rest.slice(0, begin)).replace(INVISIBLE, '');
    if (text !== '') spans.push({ text, style: styleOf(pen) });
    if (begin === -1) break;
    rest = rest.slice(begin);
    const command = CSI.exec(rest);
    if (command?.[2] === 'm') applyColours(pen, command[1] ?? '');
    const used = command ?? LONG_COMMAND.exec(rest) ?? SHORT_COMMAND.exec(rest);
    rest = rest.slice(Math.max(1, used?.[0].length ?? 1));
  }
  return spans;
}

/** A progress bar prints its line again after each carriage return: what stays is the last one. */
function lastOverwrite(line: string): string {
  const parts = line.split('\r').filter((part) => part !== '');
  return parts.at(-1) ?? '';
}

function styleOf(pen: Pen): string {
  const classes = [...pen.marks];
  if (pen.fore >= 0) classes.push(`f${pen.fore}`);
  if (pen.back >= 0) classes.push(`g${pen.back}`);
  return classes.join(' ');
}

const MARKS_ON: Record<number, string> = { 1: 'b', 2: 'd', 3: 't', 4: 'u', 9: 's' };
const MARKS_OFF: Record<number, string> = { 22: 'bd', 23: 't', 24: 'u', 29: 's' };

/** @param parameters '1;31' */
function applyColours(pen: Pen, parameters: string) {
  const codes = parameters.split(/[;:]/).map(Number);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 38 || code === 48) {
      const direct = codes[i + 1] === 2;
      const colour = direct ? nearest(codes.slice(i + 2, i + 5)) : fromPalette(codes[i + 2] ?? 0);
      if (code === 38) pen.fore = colour;
      else pen.back = colour;
      i += direct ? 4 : 2;
    } else {
      applyCode(pen, code);
    }
  }
}

function applyCode(pen: Pen, code: number) {
  const on = MARKS_ON[code];
  const off = MARKS_OFF[code];
  if (code === 0) Object.assign(pen, newPen());
  else if (on) pen.marks = pen.marks.includes(on) ? pen.marks : pen.marks + on;
  else if (off) pen.marks = [...pen.marks].filter((mark) => !off.includes(mark)).join('');
  else if (code >= 30 && code <= 37) pen.fore = code - 30;
  else if (code === 39) pen.fore = -1;
  else if (code >= 40 && code <= 47) pen.back = code - 40;
  else if (code === 49) pen.back = -1;
  else if (code >= 90 && code <= 97) pen.fore = code - 82;
  else if (code >= 100 && code <= 107) pen.back = code - 92;
}

/** The 256 colours: 16 named, a cube of 6 × 6 × 6, 24 greys. */
function fromPalette(index: number): number {
  if (!(index >= 16)) return Math.max(0, index) || 0;
  if (index >= 232) return nearest(Array(3).fill(8 + 10 * (index - 232)));
  const cube = index - 16;
  return nearest([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((level) => level * 51));
}

/** The named colour nearest to red, green, blue, so that every text stays readable on the console's ground. */
function nearest([red = 0, green = 0, blue = 0]: number[]): number {
  const high = Math.max(red, green, blue);
  const low = Math.min(red, green, blue);
  if (high - low < 32) return high < 64 ? 0 : high < 160 ? 8 : high < 224 ? 7 : 15;
  const middle = (high + low) / 2;
  const named = (red > middle ? 1 : 0) + (green > middle ? 2 : 0) + (blue > middle ? 4 : 0);
  return high > 192 ? named + 8 : named;
}
