import { nextTimes, type WhenSchedule } from '@marteau/file';
import { hasEnded, isMarteauError, RunState } from '@marteau/shared';
import { type Arrival, arrivalId, type DueTime, type Hook } from '@marteau/store';
import type { Continuous } from './context.ts';
import { jitterOf, keepSchedules, nextMoment } from './keep-schedules.ts';
import { onDefault } from './on-default.ts';
import { quietNow } from './quiet-now.ts';
import { readCommit } from './read-commit.ts';

/** So late a moment is still taken for missed, and no more. */
const LATEST_MS = 6 * 3_600_000;
/** A round comes this late by itself. */
const PUNCTUAL_MS = 60_000;
const ACTIVE = RunState.enum.filter((state) => !hasEnded(state));

/**
 * Starts what is due. Any number of servers may do so at once: a moment has one run, whoever is first with it; who dies
 * in between leaves it due.
 */
export async function runSchedules(context: Continuous): Promise<void> {
  const { store, now, log } = context;
  for (const due of await store.schedules.due(now())) {
    await runOne(context, due).catch((err: Error) =>
      log.warn({ err, project: due.project }, 'a run that is due could not be started; it is tried again'),
    );
  }
}

async function runOne(context: Continuous, due: DueTime): Promise<void> {
  const { store, now } = context;
  const { project, entry: number } = due;
  const [hook, known] = await Promise.all([store.hooks.of(project), store.schedules.of(project)]);
  const entry = known?.entries[number] as WhenSchedule | undefined;
  if (hook === null || entry === undefined) return store.schedules.moveOn(due, null);
  const next = nextMoment(project, entry, Math.max(now(), due.at));
  const missed = lastMissed(project, entry, due.at, now());
  const skip = (why: string) => say(context, hook, missed, why).then(() => store.schedules.moveOn(due, next));
  if (isTooLate(entry, missed, { next, now: now() })) return skip('The server was down when it was due.');
  const read = await readCommit(context, hook.repo, '').catch((error: unknown) => {
    if (isMarteauError(error) && !error.retry) return error.message;
    throw error;
  });
  if (typeof read === 'string') return skip(read);
  await keepSchedules(context, project, read);
  const fresh = (await store.schedules.of(project))?.entries[number];
  // The file says otherwise by now: so do the moments that were just kept.
  if (JSON.stringify(fresh) !== JSON.stringify(entry)) return;
  if (entry.onlyIfChanged && known?.lastCommits[number] === read.commit) {
    return skip(`The default branch is at ${read.commit.slice(0, 8)} as it was the last time.`);
  }
  const before = await unfinished(context, hook, number);
  if (before !== null) return skip(`The run before, ${before}, has not ended.`);
  const held = quietNow(context, hook);
  if ('ignored' in held) return skip(held.ignored);
  await store.runs.submit({
    ...held,
    request: { repo: hook.repo, ref: read.commit, ...(entry.profile && { profile: entry.profile }) },
    project: hook.repo,
    submitter: { kind: 'hook', id: project },
    trigger: 'schedule',
    cause: {
      kind: 'schedule',
      ref: `${read.defaultBranch ?? ''} ${number}`.trim(),
      sha: read.commit,
      ...onDefault(hook),
    },
    idempotencyKey: `schedule ${project} ${number} ${missed}`,
  });
  await store.schedules.moveOn(due, next, read.commit);
}

/** Of the moments from the one that is due until now the last. @param at, now ms */
function lastMissed(project: string, entry: WhenSchedule, at: number, now: number): number {
  const offset = jitterOf(project, entry);
  const [first = now, second = now] = nextTimes(entry, now, 2);
  const interval = Math.max(60_000, second - first);
  // Only the end of a long time is looked at.
  const from = Math.max(at - offset - 1, now - 3 * interval);
  const missed = nextTimes(entry, from, 200).filter((moment) => moment + offset <= now);
  return Math.max(at, ...missed.map((moment) => moment + offset));
}

function isTooLate(
  { catchUp = 'last' }: WhenSchedule,
  missed: number,
  { next, now }: { next: number | null; now: number },
): boolean {
  const late = now - missed;
  if (late <= PUNCTUAL_MS) return false;
  const half = next === null ? LATEST_MS : (next - missed) / 2;
  return catchUp === 'none' || late > Math.min(LATEST_MS, half);
}

async function unfinished({ store }: Continuous, { repo }: Hook, number: number): Promise<string | null> {
  const { runs } = await store.runs.list({ project: repo, state: ACTIVE, limit: 200 });
  return runs.find(({ cause }) => cause?.kind === 'schedule' && cause.ref.endsWith(` ${number}`))?.id ?? null;
}

/** Shows on the page of the hook why nothing was started. */
async function say({ store }: Continuous, { project, forge }: Hook, at: number, why: string): Promise<void> {
  const arrival: Arrival = {
    id: arrivalId(project, `schedule ${at}`),
    project,
    at: new Date(at).toISOString(),
    forge: forge.kind,
    delivery: null,
    headers: { 'x-marteau-event': 'schedule' },
    events: [],
    answer: 200,
    state: 'ignored',
    why,
    runs: [],
    tries: 0,
  };
  await store.arrivals.note(arrival);
}
