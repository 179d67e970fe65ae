import { names } from './names.ts';
import { places } from './places.ts';
import { quantities } from './quantities.ts';

/** Every kind of word of the file, by the name that the schema refers to. To add one, add it to its file. */
export const words = { ...quantities, ...places, ...names };

export type WordName = keyof typeof words;
