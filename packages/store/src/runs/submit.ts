import { createHash, randomInt } from 'node:crypto';
import {
  type Cause,
  MarteauError,
  newRunId,
  type Recipient,
  type Run,
  type RunKind,
  type RunRequest,
  recipientsOfCause,
  type Submitter,
} from '@marteau/shared';
import type { Context } from '../context.ts';
import { COMMAND_TIMEOUT_MS } from '../redis/connections.ts';
import { onRedis } from '../redis/store-error.ts';
import { type RunHash, readRun, submittedOf } from './record.ts';

export interface Submission {
  request: RunRequest;
  /** Normalised URL: the key that groups runs. */
  project: string;
  submitter: Submitter;
  /** 'normal', when left out. */
  kind?: RunKind;
  /** Of a repeat: the run whose change it is to confirm. */
  confirms?: string;
  /** The commit whose file, script and data it is run with, instead of its own. */
  loadOf?: string;
  /** Where the app spends its time is sampled; nobody judges such a run. */
  profiles?: true;
  /** Names of nodes that it shall have, as long as all of them are there. */
  onNodes?: readonly string[];
  /** 'form', 'api', 'rerun', 'demo', … */
  trigger: string;
  /** What happened that it is for, where nobody asked. */
  cause?: Cause;
  /** Nobody prepares it earlier, ms since 1970. */
  notBefore?: number;
  /** The same key with the same request gives the same run; kept for 24 h. */
  idempotencyKey?: string;
}

const DAY_MS = 86_400_000;
/** The submitter adds the job itself; one that did not by then has crashed. */
const PROMISE_MS = 1000;

/** See Runs.submit. */
export async function submitRun(context: Context, submission: Submission): Promise<Run> {
  const { request, submitter, project, idempotencyKey } = submission;
  if (submission.kind !== 'repeat') await context.makeProject(project);
  const id = newRunId(context.clock.nextMoment(), cryptoRandom);
  const submitted = JSON.stringify(submittedOf(submission));
  const demand = demandOf(submission);
  const submit = () =>
    context.script('submit', {
      id,
      project,
      listed: submission.kind !== 'repeat',
      submitter: `${submitter.kind} ${submitter.id}`,
      recipients: recipientsOf(submission),
      demand,
      submitted,
      onNodes: submission.onNodes ?? [],
      idempotency: idempotencyKey ? hash(idempotencyKey) : '',
      digest: hash(JSON.stringify([request, project])),
      keepMs: DAY_MS,
      promiseMs: PROMISE_MS,
      notBefore: submission.notBefore ?? null,
      deadline: context.impatient && context.clock.reading ? context.clock.now() + COMMAND_TIMEOUT_MS : null,
    });
  let answer = await submit();
  if (answer[0] === 'late') {
    // this machine's clock may have been set since it was compared
    await onRedis(() => context.clock.measure());
    answer = await submit();
  }
  switch (answer[0]) {
    case 'new': {
      const [, , now, job] = answer;
      if ((submission.notBefore ?? 0) <= now)
        context.background(context.producers.pay(job), { run: id }, 'a worker will add the job of this run');
      return readRun(id, freshHash(submitted, demand, now), []);
    }
    case 'same': {
      const run = await context.read.one(answer[1]);
      if (!run) throw new MarteauError('not-found', { what: `run ${answer[1]}` });
      return run;
    }
    case 'conflict':
      throw new MarteauError('idempotency-conflict', {});
    case 'refused':
      throw new MarteauError('too-few-nodes', {
        wanted: demand ?? 1,
        have: answer[1],
        labels: '',
        most: context.rules.nodesMax,
      });
    case 'full':
      throw new MarteauError('store-full', {});
    case 'late':
      throw new MarteauError('store-unavailable', {});
  }
}

function recipientsOf({ request, kind = 'normal', cause }: Submission): Recipient[] {
  if (kind !== 'normal') return [];
  return [
    ...(cause ? recipientsOfCause(cause) : []),
    ...(request.email ? [{ kind: 'mail', to: request.email }] : []),
  ];
}

/** How many nodes the submission itself asks for; null when only the file knows. */
function demandOf({ request }: Submission): number | null {
  const nodes = request.overrides?.nodes;
  return typeof nodes === 'number' && Number.isInteger(nodes) && nodes > 0 ? nodes : null;
}

/** What the script has just stored. */
function freshHash(submitted: string, demand: number | null, now: number): RunHash {
  return {
    submitted,
    state: 'queued',
    nodes: String(demand ?? 1),
    attempt: '0',
    stopped: '0',
    submittedAt: String(now),
    timeline: `queued@${now}`,
  };
}

function cryptoRandom(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
