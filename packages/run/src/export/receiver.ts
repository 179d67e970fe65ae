import type { Figures } from './figures.ts';

/** Whose figures they are: told with each of them. */
export interface Origin {
  readonly run: string;
  readonly project: string;
  readonly node: string;
  /** Of the file; null where it names none. */
  readonly location: string | null;
}

/** One way in which figures are written. To add one: a file here, its kind in the schema, a line in `export.ts`. */
export interface Format {
  /** Where it is sent, of the address in the file. */
  address(url: string): URL;
  headers: Readonly<Record<string, string>>;
  /** @param begun, now ms since 1970 */
  write(figures: Figures, origin: Origin, times: { begun: number; now: number }): string | Uint8Array;
}

/** What each figure is called, and said of it; `_total`, units and the like are a format's own business. */
export const labelsOf = (origin: Origin): [string, string][] => [
  ['run', origin.run],
  ['project', origin.project],
  ['node', origin.node],
  ...(origin.location === null ? [] : ([['location', origin.location]] as [string, string][])),
];
