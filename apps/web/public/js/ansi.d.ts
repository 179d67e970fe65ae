export interface Span {
  text: string;
  style: string;
}
export interface Pen {
  fore: number;
  back: number;
  marks: string;
}
export function newPen(): Pen;
export function parseAnsi(line: string, pen: Pen): Span[];
