import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 100;
const WITHIN_MS = 15_000;

/** Waits for the mail about a run, and resolves with the name under which the outbox page shows it; null when none comes. */
export async function outboxMail(
  dataFolder: string,
  runId: string,
  signal: AbortSignal,
): Promise<string | null> {
  const deadline = performance.now() + WITHIN_MS;
  while (performance.now() < deadline && !signal.aborted) {
    const names = await readdir(join(dataFolder, 'outbox')).catch(() => []);
    const mail = names.find((name) => name.includes(runId) && name.endsWith('.eml') && !name.startsWith('.'));
    if (mail) return mail.slice(0, -'.eml'.length);
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
  return null;
}
