import { events } from './events.ts';
import { names } from './names.ts';
import { places } from './places.ts';
import { quantities } from './quantities.ts';

/** Every grammar of the file, by the name that the schema refers to. To add one, add it to its file. */
export const grammars = { ...quantities, ...places, ...names, ...events };

export type GrammarName = keyof typeof grammars;
