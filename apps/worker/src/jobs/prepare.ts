import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedFile } from '@marteau/file';
import { describeRun, requireSupported, scriptText } from '@marteau/run';
import { MarteauError, type Run, toolLabel } from '@marteau/shared';
import {
  checkAddress,
  type FetchedSource,
  type FetchOptions,
  fetchSource,
  gitAccess,
  packTree,
  parseRef,
  protectedRefs,
} from '@marteau/source';
import { type JobLease, type JobResult, type PrepareJob, projectId } from '@marteau/store';
import type { Context } from '../context.ts';
import { endInError } from '../lease/end-in-error.ts';
import type { LeasedJob } from '../lease/leased-job.ts';
import { withLease } from '../lease/with-lease.ts';
import { demandOf } from '../project/app-node.ts';
import { decideTargets } from '../project/decide-targets.ts';
import { isOfFork, requireForkNodes } from '../project/forks.ts';
import { givenSecrets, isOwnWord, requireOwnCode } from '../project/given-secrets.ts';
import { lineEntry } from '../project/line-entry.ts';
import { mayKeepSetup } from '../project/may-keep-setup.ts';
import { readProject } from '../project/read-project.ts';
import { takeLoad } from '../project/take-load.ts';
import { type Named, toldOf } from '../project/told-of.ts';
import { type RunWork, WORK_VERSION } from '../run-work.ts';
import { treeLimits } from '../share/unpack.ts';

/** Fetches the run's commit, reads and checks its file, packs its tree, and puts the run into the line. */
export function prepare(context: Context, job: PrepareJob): Promise<JobResult> {
  return context.gate.job(async () => {
    const begun = await context.store.ledger.beginPrepare(job, context.node);
    if (!begun.lease) return begun.answer;
    const { lease } = begun;
    let named: Named | undefined;
    await withLease(context, {
      lease,
      name: `prepare-${lease.try}`,
      leaving: context.leaving.now,
      work: (job) =>
        context.activity.during(`preparing ${job.run.project}`, () =>
          prepareRun(context, job, (known) => {
            named = known;
          }),
        ),
      fail: (job, failure) => endInError(context, job, failure, named && toldOf(job.run, named)),
      handBack: (why) => context.store.ledger.giveBack(lease, why),
    });
    return 'done';
  });
}

async function prepareRun(
  context: Context,
  job: LeasedJob<JobLease>,
  named: (named: Named) => void,
): Promise<void> {
  const { run, console, phase, lease } = job;
  const address = await checkAddress(run.repo, context.config.sources);
  const access = gitAccess(job.secrets, address);
  const host = { address, token: access?.token };
  const source = await fetch(context, job, host);
  requireApproved(run, source.commit);
  console.say(`Commit ${source.commit.slice(0, 8)} "${source.subject}" by ${source.author}`);
  requireOwnCode(run, source, access);
  phase.say('reading .marteau.yml');
  const { file: read, text, from } = await readLoad(context, job, { host, source, named });
  // What a fork's script calls things is not to stand in the dashboards of the project.
  const { export: _, ...silent } = read;
  const file = isOfFork(run) ? silent : read;
  requireSupported(file);
  await requireForkNodes(context, run, file);
  // Who wrote the load has a say in what runs, too.
  const word = from === null ? source : { ...source, protectedBy: source.protectedBy && from.protectedBy };
  const secrets = givenSecrets(job.secrets, run, { file, source: word });
  if (secrets) await tellOfSecrets(context, run);
  const uncontained = isUncontained(context.config, run) && isOwnWord(run, word);
  const keepsSetup = from === null && (await mayKeepSetup(context, job, { file, source, host }));
  const what =
    run.kind === 'once' ? 'one user, each test once' : describeRun(file, await scriptText(source.dir, file));
  console.say(`${file.name}: ${what}`);
  phase.say('asking whether its targets may be loaded');
  const { decisions: consent } = await decideTargets(context, job, file);
  for (const { target, by, why } of consent) if (by !== 'app') console.say(`${target}: ${why}`);
  phase.say('packing the project');
  const tree = await pack(context, job, source);
  const runWork: RunWork = {
    v: WORK_VERSION,
    ...tree,
    secrets,
    uncontained,
    keepsSetup,
    consent,
    file,
    text,
  };
  const isOurs = file.runner.name === 'node-test';
  const preflight =
    isOurs && file.nodes.count > 1 && run.kind === 'normal' && (await wantsPreflight(context, job, file));
  await job.settle();
  const entry = { ...lineEntry(context, run, source, runWork, await toolLabels(context, file)), preflight };
  const entered = await context.store.ledger.enterLine(lease, entry);
  if (entered === 'cancelled') await context.store.ledger.acknowledge(lease);
}

/** Which run read them, where people answer for what they do. */
async function tellOfSecrets({ store, node }: Context, { id, project }: Run): Promise<void> {
  const names = (await store.projectSecrets.list(projectId(project))).map(({ name }) => name);
  if (names.length === 0) return;
  await store.audit.add({
    who: `node ${node.node}`,
    name: node.node,
    address: '',
    what: 'secrets.read',
    object: `run ${id}`,
    after: names.join(', '),
  });
}

/**
 * Where a run of somebody's tool goes: to nodes that have it, if any does. Else to any: its own packages or `setup` may
 * bring it, and the node that misses it says so.
 */
async function toolLabels({ store }: Context, { runner }: ResolvedFile): Promise<Record<string, string>> {
  const label = toolLabel(runner.name);
  const nodes = await store.nodes.list();
  const has = nodes.some(({ roles, labels }) => roles.includes('load') && labels[label] === 'yes');
  return has ? { [label]: 'yes' } : {};
}

/** Of a fork the head that was approved is run, and what it is compared with. @throws commit-unknown for another */
function requireApproved(run: Run, commit: string): void {
  if (!isOfFork(run)) return;
  const { sha = '', pull } = run.cause ?? {};
  if (commit === sha || (run.kind === 'repeat' && commit === pull?.base)) return;
  throw new MarteauError('commit-unknown', { ref: sha, repo: run.repo });
}

/** The project's own load, or that of the commit which the run is to have it from; that commit then, else null. */
async function readLoad(
  context: Context,
  job: LeasedJob<JobLease>,
  {
    host,
    source,
    named,
  }: {
    host: Pick<FetchOptions, 'address' | 'token'>;
    source: FetchedSource;
    named: (named: Named) => void;
  },
): Promise<{ file: ResolvedFile; text: string; from: FetchedSource | null }> {
  const { run, console, work } = job;
  const { loadOf } = run;
  if (loadOf === undefined || loadOf === source.commit)
    return { ...(await readProject(source, run, console, named)), from: null };
  const from = await fetch(context, job, host, { ref: loadOf, into: join(work, 'load') });
  return { ...(await takeLoad(source, from, run, { console, named })), from };
}

/** Whether a node tries the script before several are taken. A run that wants more nodes than there are is refused anyway. */
async function wantsPreflight(
  { config, store }: Context,
  { console }: LeasedJob<JobLease>,
  file: ResolvedFile,
): Promise<boolean> {
  if (!config.preflight) return false;
  const nodes = (await store.nodes.list()).filter(({ roles }) => roles.includes('load'));
  if (Math.max(nodes.length, config.nodesMax ?? 0) < demandOf(file)) return false;
  if (file.before.length === 0) return true;
  console.say('The script is not tried first: `before` is run once, with the load.');
  return false;
}

async function fetch(
  context: Context,
  job: LeasedJob<JobLease>,
  host: Pick<FetchOptions, 'address' | 'token'>,
  what: { ref: string | null; into: string } = { ref: job.run.ref, into: join(job.work, 'tree') },
): Promise<FetchedSource> {
  const { run, secrets, console, phase, signal } = job;
  const { config } = context;
  const refs = protectedRefs(secrets, run.project);
  phase.say('cloning', 0);
  console.say(`Cloning ${run.repo}${what.ref ? ` at ${what.ref}` : ''}`);
  const source = await fetchSource({
    ...host,
    ref: parseRef(what.ref),
    into: what.into,
    protectedRefs: refs === undefined && isUncontained(config, run) ? null : refs,
    path: config.searchPath,
    signal,
    deadlineMs: config.deadlines.clone,
    maxBytes: treeLimits.maxBytes,
    maxFiles: treeLimits.maxFiles,
    onProgress: ({ stage: part, percent }) => phase.say('cloning', percent / 100, part),
  });
  for (const path of source.submodules)
    console.say(`The submodule ${path} is not fetched; its folder is empty.`);
  for (const path of source.symlinks)
    console.say(`The symbolic link ${path} became a file that holds its target.`);
  return source;
}

function isUncontained({ uncontained }: Context['config'], { project }: LeasedJob<JobLease>['run']): boolean {
  return uncontained.includes(project);
}

/** Packs the tree into the store. */
async function pack(
  context: Context,
  job: LeasedJob<JobLease>,
  source: FetchedSource,
): Promise<Pick<RunWork, 'tree' | 'sha256'>> {
  const { console, work, signal } = job;
  const into = join(work, 'tree.tgz');
  const packed = await packTree({ dir: source.dir, into, signal, ...treeLimits });
  for (const warning of packed.warnings) console.say(warning);
  const { tree } = await context.store.trees.put(createReadStream(into));
  return { tree, sha256: packed.sha256 };
}
