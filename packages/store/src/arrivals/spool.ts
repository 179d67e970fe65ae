import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { atomicWrite } from '../folders/atomic-write.ts';
import { isMissing } from '../folders/safe-path.ts';

/** A folder of lines that are to be handed on: on the disk when `put` resolves, whatever dies then. */
export interface Spool {
  /** @throws 'disk-full' */
  put(line: string): Promise<void>;
  /** Hands all that is there to `take`, the oldest first, and forgets what it took. A file whose line it throws for stays. */
  drain(take: (line: string) => Promise<void>): Promise<void>;
}

const AT_ONCE = 50;

/** @param folder absolute. What is put while another is being written is written together: one wait for the disk. */
export function createSpool(folder: string): Spool {
  const waiting: { line: string; done: () => void; failed: (error: unknown) => void }[] = [];
  let isWriting = false;
  let count = 0;

  async function writeBatch(lines: readonly string[]): Promise<void> {
    await mkdir(folder, { recursive: true });
    // Sorted by name, they are in order.
    const name = `${Date.now()}-${String(count++).padStart(6, '0')}-${randomUUID().slice(0, 8)}.ndjson`;
    await atomicWrite(join(folder, name), `spool/${name}`, lines.map((line) => `${line}\n`).join(''), 0o600);
  }

  async function writeAll(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0);
      try {
        await writeBatch(batch.map(({ line }) => line));
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    isWriting = false;
  }

  return {
    put: (line) =>
      new Promise((done, failed) => {
        waiting.push({ line, done, failed });
        if (!isWriting) void writeAll();
      }),
    async drain(take) {
      const names = await readdir(folder).catch((error: unknown) => {
        if (isMissing(error)) return [];
        throw error;
      });
      for (const name of names.filter((one) => one.endsWith('.ndjson')).toSorted()) {
        const path = join(folder, name);
        const text = await readFile(path, 'utf8').catch((error: unknown) => {
          if (isMissing(error)) return ''; // Another process has handed it on.
          throw error;
        });
        const lines = text.split('\n').filter(Boolean);
        for (let n = 0; n < lines.length; n += AT_ONCE)
          await Promise.all(lines.slice(n, n + AT_ONCE).map(take));
        await rm(path, { force: true });
      }
    },
  };
}
