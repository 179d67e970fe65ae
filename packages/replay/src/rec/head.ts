import type { HeaderList } from '../tape/headers.ts';
import { header } from '../tape/headers.ts';

/** What the tape says about a body that its headers cannot say. Written as `# body: 12 bytes, base64, cut from 50 bytes`. */
export interface BodyNote {
  bytes: number | null;
  base64: boolean;
  cutFrom: number | null;
}

export const noNote: BodyNote = { bytes: null, base64: false, cutFrom: null };

const NOTE = /^# body:((?: ?(?:\d{1,15} bytes|base64|cut from \d{1,15} bytes),?)+)$/;

/** Null where the line is no note. */
export function readBodyNote(line: string): BodyNote | null {
  const [, parts] = NOTE.exec(line) ?? [];
  if (parts === undefined) return null;
  const bytes = /(?:^|[^m]) (\d+) bytes/.exec(parts)?.[1];
  const cut = /cut from (\d+) bytes/.exec(parts)?.[1];
  return {
    bytes: bytes === undefined ? null : Number(bytes),
    base64: parts.includes('base64'),
    cutFrom: cut === undefined ? null : Number(cut),
  };
}

export function writeBodyNote({ bytes, base64, cutFrom }: BodyNote): string {
  const parts = [
    ...(bytes === null ? [] : [`${bytes} bytes`]),
    ...(base64 ? ['base64'] : []),
    ...(cutFrom === null ? [] : [`cut from ${cutFrom} bytes`]),
  ];
  return parts.length === 0 ? '' : `# body: ${parts.join(', ')}\n`;
}

/** The number that Content-Length says; null for XXX, for nonsense, and where there is none. */
export function contentLength(headers: HeaderList): number | null {
  const written = header(headers, 'content-length');
  return written !== null && /^\d{1,15}$/.test(written) ? Number(written) : null;
}

/** What a line of a head has to look like. */
export const HEADER_LINE = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \t]*(.*?)[ \t]*$/;

const TIMING = /^# (?=\d)(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)?(?: ?(\d{1,15}(?:\.\d{1,9})?) ms)?$/;

/** When it began and how long it took; null where the line is no timing. */
export function readTiming(line: string): { startedAt: number | null; latencyMs: number | null } | null {
  const found = TIMING.exec(line);
  if (found === null) return null;
  const startedAt = found[1] === undefined ? null : Date.parse(found[1]);
  if (startedAt !== null && !Number.isFinite(startedAt)) return null;
  return { startedAt, latencyMs: found[2] === undefined ? null : Number(found[2]) };
}

export function writeTiming(startedAt: number | null, latencyMs: number | null): string {
  const parts = [
    ...(startedAt === null ? [] : [new Date(startedAt).toISOString()]),
    ...(latencyMs === null ? [] : [`${latencyMs} ms`]),
  ];
  return parts.length === 0 ? '' : `# ${parts.join(' ')}\n`;
}

/** A line of a comment; one that looks like a timing has no blank before it, by which it is known. */
export function writeRemark(line: string): string {
  const written = line === '' ? '#' : `# ${line}`;
  return readTiming(written) === null ? written : `#${line}`;
}
