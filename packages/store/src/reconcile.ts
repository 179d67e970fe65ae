import { type ErrorCode, type ErrorParams, MarteauError } from '@marteau/shared';
import type { Context } from './context.ts';
import { notifyDue } from './deliveries/deliveries.ts';
import { allot } from './ledger/allot.ts';
import { labelsInWords } from './ledger/labels.ts';
import { QUEUE_PREFIX, redisKeys } from './redis/keys.ts';
import { keepReserve } from './redis/reserve.ts';
import { onRedis } from './redis/store-error.ts';
import { closeEndedRuns } from './runs/close.ts';
import { isIndexed, rebuildIndex } from './runs/rebuild.ts';

/** How often one of all processes looks how full Redis is. */
const MEMORY_MS = 1000;
/** How often one of all processes makes the rounds of safety. */
const SAFETY_MS = 30_000;
const SEARCHED_AT_ONCE = 500;

type Step = (context: Context) => Promise<unknown>;

/** What cannot wait and costs next to nothing. Every step may be done by several processes at once. */
const ledger: readonly Step[] = [lookAtMemory, reap, endDoomed, allot, notifyDue, beSafe];
/** What may take seconds, and waits for disks and buckets. */
const folders: readonly Step[] = [fillIndex, closeEndedRuns];
const parts = { ledger, folders, all: [fillIndex, ...ledger, closeEndedRuns] };

/** See Store.reconcile. A step that fails keeps none of the others from being done; its error is thrown at the end. */
export async function reconcile(context: Context, part: keyof typeof parts = 'all'): Promise<void> {
  const errors: unknown[] = [];
  for (const step of parts[part]) await step(context).catch((error: unknown) => errors.push(error));
  if (errors.length) throw errors[0];
}

async function fillIndex(context: Context): Promise<void> {
  if (!(await isIndexed(context))) await rebuildIndex(context);
}

async function lookAtMemory(context: Context): Promise<void> {
  if (await isMyTurn(context, 'memory', MEMORY_MS)) await keepReserve(context);
}

async function reap({ script, log }: Context): Promise<void> {
  for (const found of await script('reap', {})) log.warn({}, found);
}

/** The ledger gives runs up by code; here they get the sentence and end. */
async function endDoomed({ redis, script, log }: Context): Promise<void> {
  const doomed = await onRedis(() => redis.hgetall(redisKeys.doomed()));
  for (const [id, json] of Object.entries(doomed)) {
    const error = sentenceOf(JSON.parse(json));
    log.warn({ run: id, code: error.code }, error.message);
    await script('doom', { id, reason: error.message, reasonCode: error.code });
  }
}

function sentenceOf({ code, params }: { code: ErrorCode; params: ErrorParams<ErrorCode> }): MarteauError {
  if (code !== 'nodes-missing') return new MarteauError(code, params);
  const missing = params as ErrorParams<'nodes-missing'>;
  return new MarteauError(code, { ...missing, labels: labelsInWords(missing.labels) });
}

/** What no crash should make necessary: groups that nobody woke, runs without a job. */
async function beSafe(context: Context): Promise<void> {
  if (!(await isMyTurn(context, 'safety', SAFETY_MS))) return;
  const { script, log } = context;
  await script('wake-all', {});
  for (const stage of ['prepare', 'preflight', 'finalize'] as const) {
    const jobKey = `${QUEUE_PREFIX}:${stage}:`;
    const found = await script('search', { stage, jobKey, count: SEARCHED_AT_ONCE });
    if (found) log.warn({ stage, found }, 'runs had no job and got one');
  }
}

function isMyTurn({ redis }: Context, name: string, everyMs: number): Promise<boolean> {
  return onRedis(async () => (await redis.set(redisKeys.turn(name), '1', 'PX', everyMs, 'NX')) !== null);
}
