import type { Store, StoreOptions } from './api/store.ts';

export type * from './api/events.ts';
export type * from './api/folders.ts';
export * from './api/holds.ts';
export type * from './api/ledger.ts';
export type * from './api/nodes.ts';
export type * from './api/outbox.ts';
export type * from './api/runs.ts';
export type * from './api/store.ts';
export type * from './api/work.ts';

/** Opens the store. Returns at once, also when Redis is away: calls then fail or wait, see StoreOptions.kind. */
export declare function openStore(options: StoreOptions): Promise<Store>;

/** One service (web and workers of one installation) per data folder. */
export interface DataFolderLock {
  release(): Promise<void>;
}
/** @throws 'data-folder-locked' while the process that holds it lives */
export declare function lockDataFolder(dataFolder: string): Promise<DataFolderLock>;
