import type { Context } from '../context.ts';
import { lookUntil } from '../control/look-until.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import type { ShareLease } from './leases.ts';

/** Bytes that Redis keeps of them while a run goes on. */
const LIMIT = 1024 * 1024;

/** See Ledger.surround. */
export async function surround({ script }: Context, lease: ShareLease, around: unknown): Promise<boolean> {
  const text = JSON.stringify(around);
  if (Buffer.byteLength(text) > LIMIT)
    throw new RangeError(`what stands around a run takes ${text.length} characters; ${LIMIT} bytes are kept`);
  return (await script('surround', { lease, around: text })) === 1;
}

/** See Ledger.surroundings. */
export async function waitForSurroundings(
  context: Context,
  { runId, attempt }: ShareLease,
  signal: AbortSignal,
): Promise<unknown> {
  const look = () => onRedis(() => context.redis.hget(redisKeys.around(runId), String(attempt)));
  const text = await lookUntil(context, runId, signal, look);
  return text === null ? null : JSON.parse(text);
}

/** See Ledger.outlast. */
export async function outlast(context: Context, lease: ShareLease, signal: AbortSignal): Promise<void> {
  const look = async () => ((await context.script('others', { lease })) === 0 ? true : null);
  await lookUntil(context, lease.runId, signal, look);
}
