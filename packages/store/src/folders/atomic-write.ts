import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { MarteauError } from '@marteau/shared';

export type Content = string | Uint8Array | Readable;

/** Names of files that are being written begin so; one that a crash left behind is swept away by retention. */
export const TEMPORARY_PREFIX = '.writing-';

/** Writes to a file beside, forces it to the disk, and renames it; `seen` gets every chunk. @throws 'disk-full' */
export async function writeTemporary(
  folder: string,
  name: string,
  content: Content,
  { seen, mode = 0o640 }: { seen?: (chunk: Uint8Array) => void; mode?: number } = {},
): Promise<{ path: string; size: number }> {
  const path = join(folder, `${TEMPORARY_PREFIX}${randomUUID()}`);
  let size = 0;
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'wx', mode);
    for await (const chunk of chunks(content)) {
      seen?.(chunk);
      size += chunk.byteLength;
      await writeWhole(file, chunk);
    }
    await file.sync();
    return { path, size };
  } catch (error) {
    await file?.close();
    file = undefined;
    await rm(path, { force: true });
    throw diskError(error, name);
  } finally {
    await file?.close();
  }
}

/** All or nothing: readers see the old file or the new one. @returns bytes @throws 'disk-full' */
export async function atomicWrite(
  path: string,
  name: string,
  content: Content,
  mode?: number,
): Promise<number> {
  const written = await writeTemporary(dirname(path), name, content, mode === undefined ? {} : { mode });
  await rename(written.path, path);
  return written.size;
}

/** A full disk may take a part of a chunk before it refuses the rest. */
async function writeWhole(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.byteLength; ) at += (await file.write(chunk, at)).bytesWritten;
}

async function* chunks(content: Content): AsyncGenerator<Uint8Array> {
  if (typeof content === 'string') yield Buffer.from(content);
  else if (content instanceof Readable)
    for await (const chunk of content) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  else yield content;
}

function diskError(error: unknown, name: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? new MarteauError('disk-full', { file: name }, { cause: error })
    : error;
}
