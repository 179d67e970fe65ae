import { writeHar } from '../har/write-har.ts';
import { writeRec } from '../rec/write-rec.ts';
import type { Tape } from '../tape/exchange.ts';

/** Tapes, one after the other, in the format that the file's name says. */
export function convertTape(tapes: readonly Tape[], file: string): Buffer {
  const exchanges = tapes.flatMap((tape) => tape.exchanges);
  return /\.har$/i.test(file) ? writeHar(exchanges) : writeRec(exchanges);
}
