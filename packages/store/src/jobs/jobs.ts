import { type Static, Type } from 'typebox';

/** Fetch the run's commit, read its file, pack its tree. `try` counts the preparers that a run had. */
export const PrepareJob = Type.Object({ runId: Type.String(), try: Type.Integer({ minimum: 1 }) });
export type PrepareJob = Static<typeof PrepareJob>;

/** Try the script of a run with two users before several nodes are taken, on one that generates load. */
export const PreflightJob = Type.Object({ runId: Type.String(), try: Type.Integer({ minimum: 1 }) });
export type PreflightJob = Static<typeof PreflightJob>;

/** Generate one share of a run's load. `attempt` counts how often nodes were allotted to the run. */
export const ShareJob = Type.Object({
  runId: Type.String(),
  attempt: Type.Integer({ minimum: 1 }),
  share: Type.Integer({ minimum: 0 }),
  of: Type.Integer({ minimum: 1 }),
});
export type ShareJob = Static<typeof ShareJob>;

/** Merge, judge, report, publish. `try` counts the finalizers that a run had. */
export const FinalizeJob = Type.Object({ runId: Type.String(), try: Type.Integer({ minimum: 1 }) });
export type FinalizeJob = Static<typeof FinalizeJob>;

/** Try one delivery: `RUN/0`. Jobs that 0.1.0 added call it a mail. */
export const NotifyJob = Type.Object({
  delivery: Type.Optional(Type.String()),
  mailId: Type.Optional(Type.String()),
});
export type NotifyJob = Static<typeof NotifyJob>;

/** Do what a call of a project's hook is about. */
export const HookJob = Type.Object({ project: Type.String(), id: Type.String() });
export type HookJob = Static<typeof HookJob>;

/**
 * What became of a job. `stale`: the ledger had moved on, nothing was done. `later`: this process cannot do it
 * now, deliver it again in a second.
 */
export type JobResult = 'done' | 'stale' | 'later';

/** The one map of jobs: what a producer adds is what a handler gets and answers. */
export interface Jobs {
  prepare: { data: PrepareJob; result: JobResult };
  preflight: { data: PreflightJob; result: JobResult };
  share: { data: ShareJob; result: JobResult };
  finalize: { data: FinalizeJob; result: JobResult };
  notify: { data: NotifyJob; result: JobResult };
  hook: { data: HookJob; result: JobResult };
  tell: { data: NotifyJob; result: JobResult };
}
export type JobName = keyof Jobs;

/** The job that a queue carries; every node has a queue of its own for its shares. */
export type QueueName = 'prepare' | 'preflight' | 'finalize' | 'notify' | 'hook' | 'tell' | `node-${string}`;
export type JobOf<Q extends QueueName> = Q extends `node-${string}` ? 'share' : Q extends JobName ? Q : never;
export type JobData<Q extends QueueName> = Jobs[JobOf<Q>]['data'];

/** Letters, digits and inner dashes, at most 63: a node's name is part of a queue's name. */
export const NODE_NAME_PATTERN = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** The queue of one node. */
export function nodeQueue(node: string): `node-${string}` {
  return `node-${node}`;
}
