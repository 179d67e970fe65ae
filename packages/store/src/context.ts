import type { Redis } from 'ioredis';
import type { BinRecords } from './bin/bin-records.ts';
import type { Channels } from './control/channels.ts';
import type { Folders } from './folders/folders.ts';
import type { Places } from './folders/open-folders.ts';
import type { Producers } from './jobs/producers.ts';
import type { LedgerRules } from './ledger/rules.ts';
import type { Clock } from './redis/clock.ts';
import type { ConnectionOptions } from './redis/connections.ts';
import type { RunScript } from './redis/scripts.ts';
import type { RunReader } from './runs/read.ts';
import type { Log } from './store.ts';

/** What the parts of one opened store share. */
export interface Context {
  redis: Redis;
  /** Runs one of the Lua scripts. */
  script: RunScript;
  clock: Clock;
  rules: LedgerRules;
  log: Log;
  folders: Folders;
  /** Where these are. */
  places: Pick<Places, 'name' | 'id' | 'makeId'>;
  read: RunReader;
  /** What was deleted and can be had back. */
  bin: BinRecords;
  producers: Producers;
  channels: Channels;
  /** See Projects.make. */
  makeProject(repo: string): Promise<unknown>;
  /** See Records.fill, of all kinds. */
  fillRecords(): Promise<string[]>;
  /** For connections of their own. */
  connection: ConnectionOptions;
  /** Work that nobody waits for, until the store closes; a failure is logged. */
  background(work: Promise<unknown>, fields: object, failure: string): void;
  /** Aborts when the store closes. */
  closed: AbortSignal;
  /** Whether calls must not be applied late: see StoreOptions.kind. */
  impatient: boolean;
}
