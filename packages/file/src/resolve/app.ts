import type { PartialFile } from '../schema/file.ts';
import { many, milliseconds } from './readers.ts';
import type { ResolvedFile } from './resolved-file.ts';

const DEFAULT_TIMEOUT_MS = 60_000;

/** How the app is started; null when the file has none. */
export function readApp(app: PartialFile['app']): ResolvedFile['app'] {
  if (app === undefined) return null;
  return {
    setup: many(app.setup),
    command: app.command,
    ready: app.ready ?? '/',
    timeoutMs: milliseconds(app.timeout, DEFAULT_TIMEOUT_MS),
  };
}
