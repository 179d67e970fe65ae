import { isMarteauError, MarteauError } from '@marteau/shared';

/** What ioredis and Redis say when the answer is: not now. */
const AWAY =
  /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|Connection is closed|Stream isn't writeable|Command timed out|max retries per request|^LOADING|^MASTERDOWN|^READONLY|^MISCONF|^CLUSTERDOWN|^UNBLOCKED/i;

/** Maps an error of Redis to one of the catalogue; anything else is a defect of ours and stays what it is. */
function storeError(error: unknown): unknown {
  if (isMarteauError(error) || !(error instanceof Error)) return error;
  const text = `${error.name} ${error.message}`;
  if (/\bOOM command not allowed|^\S+ OOM |-OOM/.test(text))
    return new MarteauError('store-full', {}, { cause: error });
  if (AWAY.test(error.message) || /MaxRetriesPerRequest/.test(error.name))
    return new MarteauError('store-unavailable', {}, { cause: error });
  return error;
}

/** Runs something against Redis with its errors mapped. */
export async function onRedis<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeError(error);
  }
}
