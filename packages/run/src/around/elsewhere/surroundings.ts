import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { readForeignFile } from '@marteau/launch';
import { isLoopback } from '@marteau/net';
import type { Around } from '../around.ts';
import type { Door } from '../part.ts';

/** Of certificates, a system's own among them. */
const MOST_BYTES = 4 * 1024 * 1024;

/** What one node started for all nodes of a run, and how the others reach it. */
export interface Surroundings {
  readonly node: string;
  /** By which other machines reach that node, without a port. */
  readonly address: string;
  /** See thisMachine: there its doors are reached as they are. */
  readonly machine: string;
  /** What the load hits; null where the file says it. */
  readonly target: string | null;
  /** What a script finds in its environment beyond what the file declares. */
  readonly env: Readonly<Record<string, string>>;
  readonly doors: readonly Door[];
  /** By their paths, as `env` names them. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * What the other nodes of a run need to know.
 * @param work the folder of the run's own, in which what started has its files
 */
export async function surroundingsOf(
  { target, added, doors, files }: Around,
  { node, address }: Pick<Surroundings, 'node' | 'address'>,
  work: string,
): Promise<Surroundings> {
  const texts = await Promise.all(
    files.map(async (path) => {
      const bytes = await readForeignFile(path, MOST_BYTES, work).catch(() => null); // no certificates, then
      return [path, bytes?.toString('utf8') ?? ''] as const;
    }),
  );
  return {
    node,
    address,
    machine: thisMachine(),
    target,
    env: added,
    doors,
    files: Object.fromEntries(texts),
  };
}

/** The host that all listen on whom machines by other addresses than loopback have to reach; undefined for loopback. */
export function listenOn(address: string): string | undefined {
  if (isLoopback(address)) return undefined;
  return address.includes(':') ? '::' : '0.0.0.0';
}

/** Whoever answers the same reaches the same loopback: a system since its start, and a network namespace in it. */
export function thisMachine(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/net')}`;
  } catch {
    return hostname(); // not Linux
  }
}
