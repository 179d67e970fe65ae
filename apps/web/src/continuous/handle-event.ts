import { decidePull, decidePush, type MarteauFile, pullRules } from '@marteau/file';
import { type ForgeEvent, forgeOf, type Pull } from '@marteau/forge';
import { type Cause, hasEnded, isMarteauError, type Run, RunState, shownText } from '@marteau/shared';
import type { Hook, Store } from '@marteau/store';
import { endConfirmation } from '../data/baseline.ts';
import { askFirst } from './ask-first.ts';
import type { Continuous } from './context.ts';
import { forgeOfProject } from './forge-of-project.ts';
import { keepSchedules } from './keep-schedules.ts';
import { onDefault } from './on-default.ts';
import { quietNow } from './quiet-now.ts';
import { baseOf, readCommit } from './read-commit.ts';

/** What came of an event: runs that were started, why none was, or that a person has to approve one. */
export type Outcome =
  | { readonly runs: readonly string[] }
  | { readonly ignored: string }
  | { readonly asked: string };

/** How an event comes here. */
export interface Way {
  /** Makes the keys of runs others: somebody asked for the same once more. */
  readonly again: string;
  /** A person lets this head of a fork be run. */
  readonly isApproved: boolean;
}

const ACTIVE = RunState.enum.filter((state) => !hasEnded(state));
const MOST_ACTIVE = 200;
const LONGEST_NAME = 60;

/**
 * Does what an event of a project's repository is about. May be called again for the same event, and for events in any
 * order: what is there now is asked first, and each run has a key.
 * @throws MarteauError of git, of the store; with `retry` where another try may help
 */
export function handleEvent(
  context: Continuous,
  hook: Hook,
  event: ForgeEvent,
  way: Way = { again: '', isApproved: false },
): Promise<Outcome> {
  const { pull } = event;
  if (event.kind === 'closed' && pull) return closed(context, hook, pull);
  if (event.kind === 'pull' && pull) return pulled(context, hook, { event, pull, way });
  return pushed(context, hook, event, way.again);
}

async function pushed(context: Continuous, hook: Hook, event: ForgeEvent, again: string): Promise<Outcome> {
  const { kind, ref, sha } = event;
  const there = kind === 'tag' ? null : await readCommit(context, hook.repo, ref);
  if (there !== null) {
    if (there.commit !== sha && ref !== (there.defaultBranch ?? event.defaultBranch)) {
      return { ignored: `The branch ${ref} is at ${there.commit.slice(0, 8)} by now.` };
    }
  }
  const read = there?.commit === sha ? there : await readCommit(context, hook.repo, sha);
  const { file, why, defaultBranch } = read;
  const isDefault = kind === 'push' && ref === (defaultBranch ?? event.defaultBranch);
  if (isDefault) await keepSchedules(context, hook.project, read);
  if (file === null) return { ignored: why };
  const decision = decidePush(file.when, {
    ...event,
    kind: kind === 'tag' ? 'tag' : 'push',
    // Who looked at a repository knows no more than its commit.
    message: event.message || read.subject,
  });
  if ('ignored' in decision) return decision;
  const held = quietNow(context, hook);
  if ('ignored' in held) return held;
  const { profile } = decision;
  const cause: Cause = {
    kind,
    ref,
    sha,
    ...contextOf(hook, nameOf(file), profile),
    ...(isDefault && onDefault(hook)),
  };
  const run = await start(context, hook, { cause, profile, sender: event.sender, again, ...held });
  if (kind === 'push' && !isDefault) await supersede(context, hook, cause, run.id);
  return { runs: [run.id] };
}

async function pulled(
  context: Continuous,
  hook: Hook,
  { event, pull, way }: { event: ForgeEvent; pull: Pull; way: Way },
): Promise<Outcome> {
  const { number, baseRef, headRef, draft, title, fork } = pull;
  const ref = fork ? forgeOf(hook.forge.kind).pullRef(number) : headRef;
  if (ref === null) return { ignored: 'It comes from a fork, and this forge gives out no commits of those.' };
  const there = await readCommit(context, hook.repo, ref);
  if (!there.commit.startsWith(pull.head)) {
    return { ignored: `${fork ? 'It' : `The branch ${headRef}`} is at ${there.commit.slice(0, 8)} by now.` };
  }
  const commit = there.commit;
  // What strangers wrote decides nothing: not whether it is run, nor how.
  const left = () => baseOf(context, hook.repo, { commit, branch: baseRef });
  const known = fork ? await left() : null;
  if (known && 'noBase' in known) return { ignored: known.noBase };
  const read = known ? await readCommit(context, hook.repo, known.base) : there;
  if (read.file === null) return { ignored: read.why };
  const decision = decidePull(read.file.when, { baseRef, draft, title });
  if ('ignored' in decision) return decision;
  if (await isOver(context, hook, number))
    return { ignored: `The pull request #${number} is closed by now.` };
  const held = quietNow(context, hook);
  if ('ignored' in held) return held;
  const { profile } = decision;
  const { comment, strict, gate, maxTimeMs } = pullRules(read.file.when);
  const forks = fork ? await forksOf(context, hook.repo, read.file) : 'ask';
  const from = known ?? (gate === 'thresholds' ? {} : await left());
  const cause: Cause = {
    kind: 'pull',
    ref: headRef,
    sha: commit,
    ...contextOf(hook, nameOf(read.file), profile),
    pull: {
      number,
      baseRef,
      comment,
      strict,
      gate,
      maxTimeMs,
      ...from,
      ...(fork && { fork: true }),
    },
  };
  if (fork && forks === 'ignore') return { ignored: 'It comes from a fork, and when.pull.forks is ignore.' };
  if (fork && !way.isApproved && !(forks === 'run' && context.config.forks === 'run')) {
    return askFirst(context, hook, cause);
  }
  const run = await start(context, hook, {
    cause,
    profile,
    sender: event.sender,
    again: `${pull.base} ${way.again}`,
    ...(known && { loadOf: known.base }),
    ...held,
  });
  await supersede(context, hook, cause, run.id);
  return { runs: [run.id] };
}

/** Whether it is closed now; where the forge does not say, events are believed. */
async function isOver(context: Continuous, hook: Hook, number: number): Promise<boolean> {
  const { forge, api } = await forgeOfProject(context, hook);
  const now = await forge.pull?.(api, number).catch(() => null);
  return now?.open === false;
}

async function closed(context: Continuous, hook: Hook, { number }: Pull): Promise<Outcome> {
  const ended = await cancelRuns(
    context,
    hook,
    (run) => run.cause?.pull?.number === number,
    `the end of #${number}`,
  );
  return {
    ignored: `The pull request #${number} is over${ended > 0 ? `, and so are ${ended} of its runs` : ''}.`,
  };
}

function nameOf({ name, script }: Pick<MarteauFile, 'name' | 'script'>): string {
  return name ?? script ?? 'load test';
}

function contextOf({ forge }: Hook, name: string, profile: string | null): Pick<Cause, 'context'> {
  if (forgeOf(forge.kind).status === null) return {};
  return { context: ['marteau', shownText(name).slice(0, 80), ...(profile ? [profile] : [])].join('/') };
}

interface Start {
  cause: Cause;
  profile: string | null;
  sender: string;
  again: string;
  loadOf?: string;
  notBefore?: number;
}

/** One run for a key, however often it is asked for. */
function start(
  { store }: Continuous,
  hook: Hook,
  { cause, profile, sender, again, loadOf, notBefore }: Start,
): Promise<Run> {
  const { kind, ref, sha, pull } = cause;
  const by = shownText(sender).slice(0, LONGEST_NAME);
  const key = [hook.project, kind, pull?.number ?? ref, sha, profile ?? '', again];
  return store.runs.submit({
    request: { repo: hook.repo, ref: sha, ...(by && { by }), ...(profile !== null && { profile }) },
    project: hook.repo,
    submitter: { kind: 'hook', id: hook.project },
    trigger: kind,
    cause,
    ...(loadOf !== undefined && { loadOf }),
    ...(notBefore !== undefined && { notBefore }),
    idempotencyKey: `cause ${JSON.stringify(key)}`,
  });
}

/** A newer head makes the runs of older ones useless: those of the same branch or pull request are cancelled. */
async function supersede(context: Continuous, hook: Hook, cause: Cause, id: string): Promise<void> {
  const group = ({ kind, ref, pull }: Cause) => (pull ? `#${pull.number}` : `${kind} ${ref}`);
  await cancelRuns(
    context,
    hook,
    (run) =>
      run.cause !== undefined &&
      group(run.cause) === group(cause) &&
      run.cause.sha !== cause.sha &&
      run.id < id,
    `the newer commit ${cause.sha.slice(0, 8)}`,
  );
}

async function cancelRuns(
  { store }: Continuous,
  { repo }: Hook,
  isMeant: (run: Run) => boolean,
  by: string,
): Promise<number> {
  const { runs } = await store.runs.list({ project: repo, state: ACTIVE, limit: MOST_ACTIVE });
  const meant = runs.filter(isMeant);
  for (const { id } of meant) {
    await store.runs.cancel(id, { kind: 'hook', id: by }).catch((error: unknown) => {
      // It has ended by itself meanwhile.
      if (!isMarteauError(error, 'wrong-state') && !isMarteauError(error, 'not-found')) throw error;
    });
  }
  return meant.length + (await endChecks(store, repo, isMeant, by));
}

/** Ends the comparisons of runs that have ended themselves. */
async function endChecks(
  store: Store,
  repo: string,
  isMeant: (run: Run) => boolean,
  by: string,
): Promise<number> {
  let ended = 0;
  for (const { run: id, base } of await store.confirmations.open()) {
    const run = base === undefined ? null : await store.runs.get(id);
    if (run?.project !== repo || !isMeant(run)) continue;
    await endConfirmation(store, run, { kind: 'hook', id: by });
    ended += 1;
  }
  return ended;
}

/** Whether forks are run: what both the commit that one left and the default branch say, since strangers choose the former. */
async function forksOf(
  context: Continuous,
  repo: string,
  left: MarteauFile,
): Promise<'ask' | 'ignore' | 'run'> {
  const { file } = await readCommit(context, repo, '');
  const said = [left, file].map((each) => (each === null ? 'ask' : pullRules(each.when).forks));
  if (said.includes('ignore')) return 'ignore';
  return said.every((each) => each === 'run') ? 'run' : 'ask';
}
