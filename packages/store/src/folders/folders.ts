import type { Readable } from 'node:stream';
import { MarteauError, RUN_ID_PATTERN } from '@marteau/shared';

export interface FileInfo {
  /** 'report.html', 'shares/1-0.json' */
  name: string;
  /** bytes */
  size: number;
  modifiedAt: Date;
}

export interface OpenFile extends FileInfo {
  /** The asked range, both ends included; the whole file without one. */
  stream: Readable;
}

/** What is in here, in a run's folder, is only needed until the run has ended: it goes when the folder is completed. */
export const WORK_FOLDER = 'work';

/**
 * What is kept of one run, on a disk or in a bucket. Names are relative, of letters, digits, `.`, `_`, `-`, at most three deep, no part begins
 * with a dot. Nothing is followed through a symbolic link.
 */
export interface RunFolder {
  /** All or nothing: readers see the old file or the new one. @throws 'disk-full', 'bad-file-name'; of a bucket 'bucket-…', like every call here */
  put(name: string, data: string | Uint8Array | Readable): Promise<FileInfo>;
  /** Null when there is none. `range` in bytes, both ends included. */
  open(name: string, range?: { start: number; end?: number }): Promise<OpenFile | null>;
  /** The whole file as text; null when there is none. For small files. */
  text(name: string): Promise<string | null>;
  list(): Promise<FileInfo[]>;
  /** A file, or a folder and all in it; quiet when there is none. */
  remove(name: string): Promise<void>;
}

export interface Folders {
  /** The folder of a run; made when the first file is put. @throws 'bad-file-name' for an id that is none */
  of(runId: string): RunFolder;
  /** Ids of all runs with a folder. What else lies there (`lost+found`, somebody's copies) is none of ours. */
  list(): Promise<string[]>;
  /** Bytes of each folder, by run. Looks at every file. */
  sizes(): Promise<Map<string, number>>;
  /** The folder and all in it; quiet when there is none. */
  remove(runId: string): Promise<void>;
}

const PART = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;
const MAX_DEPTH = 3;

/** The parts of a stored file's name. @throws 'bad-file-name' */
export function nameParts(name: string): string[] {
  const parts = name.split('/');
  if (parts.length > MAX_DEPTH || !parts.every((part) => PART.test(part)))
    throw new MarteauError('bad-file-name', { name: name.slice(0, 200) });
  return parts;
}

/** @throws 'bad-file-name' for what is no run's id */
export function checkRunId(id: string): string {
  if (!RUN_ID_PATTERN.test(id)) throw new MarteauError('bad-file-name', { name: id.slice(0, 200) });
  return id;
}
