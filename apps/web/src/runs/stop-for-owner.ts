import { mostRate, mostUsers, type ResolvedFile } from '@marteau/file';
import { addressesOf } from '@marteau/net';
import { formatCount, formatRate, hasEnded, isMarteauError, MarteauError, type Run } from '@marteau/shared';
import type { Block, Store } from '@marteau/store';

/** A load of one host, as the host's owner may know of it. */
export interface StrangersLoad {
  readonly run: Run;
  readonly host: string;
}

/** So long after a run its owner's link is of use. */
const ALIVE_MS = 86_400_000;

/** The load that a secret of a User-Agent is of. @throws MarteauError stop-link-dead */
export async function loadOfSecret(store: Store, secret: string, now: number): Promise<StrangersLoad> {
  const opened = await store.links.openStop(secret);
  const run = opened && (await store.runs.get(opened.runId));
  if (!run || (run.endedAt !== null && now - Date.parse(run.endedAt) > ALIVE_MS))
    throw new MarteauError('stop-link-dead', {});
  return { run, host: opened.host };
}

/** Stops it, and keeps its project from the host for a day. Nobody else's loads are touched. */
export async function stopForOwner(store: Store, { run, host }: StrangersLoad): Promise<Block> {
  // First, so that none of the project begins in between.
  const addresses = await addressesOf([host]);
  const block = await store.blocks.set({ project: run.project, host, run: run.id, addresses });
  if (!hasEnded(run.state)) await stop(store, run.id, host);
  return block;
}

/** What was recorded is judged; a run whose load has not begun is cancelled. */
async function stop(store: Store, id: string, host: string): Promise<void> {
  try {
    await store.runs.stopAndReport(id);
  } catch (error) {
    if (!isMarteauError(error, 'wrong-state')) throw error;
    await store.runs.cancel(id, { kind: 'target', id: `the owner of ${host}` }).catch((late: unknown) => {
      if (!isMarteauError(late, 'wrong-state')) throw late; // it has ended meanwhile
    });
  }
}

/** How much load there is: what the plan has at most, or what came of it on average. */
export async function rateInWords(store: Store, { id, summary }: Run): Promise<string> {
  if (summary) return `${formatRate(summary.rate)} requests on average`;
  const work = (await store.runs.work(id)) as { file?: Partial<ResolvedFile> } | null;
  const plan = work?.file?.load?.plan;
  if (!plan) return 'not known yet';
  const [rate, users] = [mostRate(plan), mostUsers(plan)];
  return [
    ...(rate > 0 ? [`at most ${formatRate(rate)} iterations`] : []),
    ...(users > 0 ? [`at most ${formatCount(users)} ${users === 1 ? 'user' : 'users'} at once`] : []),
  ].join(', ');
}
