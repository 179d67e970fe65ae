import type { Path } from './path.ts';

/** Something wrong with a value, wherever the value came from. */
export interface Mistake {
  path: Path;
  /** Whether the field’s name or its value is to be pointed at. */
  at: 'key' | 'value';
  /** Characters into a text. */
  offset?: number;
  what: string;
  fix: string;
}
