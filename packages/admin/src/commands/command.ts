import { isAbsolute, resolve } from 'node:path';
import type { ParseArgsOptionsConfig } from 'node:util';
import { openShelf, parseBucketAddress, type ServerSettings, type Shelf } from '@marteau/store';

/** What a command of `npm run admin` is given. */
export interface CommandInput {
  settings: ServerSettings;
  /** HOST and PORT of the web are in it. */
  env: Readonly<Record<string, string | undefined>>;
  /** What relative paths are relative to. */
  cwd: string;
  /** Marteau's version. */
  version: string;
  args: readonly string[];
  options: Readonly<Record<string, string | boolean | undefined>>;
  /** Prints a line. */
  say: (line: string) => void;
}

export interface Command {
  name: string;
  /** 'backup PLACE [--with-keys]' */
  usage: string;
  about: string;
  options: ParseArgsOptionsConfig;
  /** How many arguments it takes at least and at most. */
  takes: readonly [number, number];
  /** @returns the exit code: 0, or 1 where something is wrong that it was to find @throws MarteauError with a sentence */
  run(input: CommandInput): Promise<number>;
}

/** A folder, or `s3://BUCKET/PREFIX?…`. @throws 'bad-bucket-address' */
export function openPlace(cwd: string, place: string): Promise<Shelf> {
  if (place.startsWith('s3://')) return openShelf(parseBucketAddress(place));
  return openShelf(isAbsolute(place) ? place : resolve(cwd, place));
}
