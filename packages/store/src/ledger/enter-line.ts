import { MarteauError, type Recipient, type TargetDecision } from '@marteau/shared';
import type { Context } from '../context.ts';
import { labelsInWords, labelsKey } from './labels.ts';
import type { JobLease } from './leases.ts';

/** What prepare learned, when the run enters the line. */
export interface LineEntry {
  /** How many nodes the run needs, one of the app's own included. */
  demand: number;
  /** The last of them generates no load: it has the app. */
  appNode?: boolean;
  /** Labels that every node must have. */
  labels: Record<string, string>;
  /** Where they are of several places: how many of each, in the order of shares; `demand` together. Then `labels` are none. */
  locations?: readonly { nodes: number; labels: Record<string, string> }[];
  /** Every host:port that the run hits, for the target lock; none locks nothing (an app of its own). */
  targets: string[];
  /** May overlap with others on these targets that say so too. */
  shared: boolean;
  /** A node that generates load tries the script first: its preflight. */
  preflight?: boolean;
  /** Everyone who is told of its end, whom the submission names included; each once. */
  recipients: readonly Recipient[];
  /** For the record. */
  facts: {
    commit: string;
    commitSubject: string | null;
    commitAuthor: string | null;
    name: string | null;
    test: string | null;
    target: string | null;
    /** Why each target may be loaded. */
    consent?: TargetDecision[];
    engine: { name: string; version: string };
  };
  /** What the shares and the finalizer need (JSON, at most 256 KB); see `runs.work`. */
  work: unknown;
}

/**
 * `waiting`: it is in the line. `refused`: more nodes than are registered, and the run has ended in error.
 * `cancelled`: acknowledge. `lost`: the lease is not valid any more.
 */
export type EnterResult = 'waiting' | 'refused' | 'cancelled' | 'lost';

/** Bytes of `work` that Redis keeps of a waiting or running run. */
const WORK_LIMIT = 256 * 1024;

/** See Ledger.enterLine. */
export async function enterLine(
  { script, rules }: Context,
  lease: JobLease,
  entry: LineEntry,
): Promise<EnterResult> {
  const labels = labelsKey(entry.labels);
  const locations = entry.locations?.map((one) => ({ nodes: one.nodes, labels: labelsKey(one.labels) }));
  const [answer, registered, of] = await script('enter-line', {
    lease,
    demand: entry.demand,
    labels: locations ? '' : labels,
    locations: locations ? JSON.stringify(locations) : '',
    appNode: entry.appNode ?? false,
    targets: [...new Set(entry.targets)].join(' '),
    shared: entry.shared,
    recipients: entry.recipients,
    preflight: entry.preflight ?? false,
    facts: JSON.stringify(entry.facts),
    work: workText(entry.work),
  });
  if (answer !== 'refused') return answer;
  const refused = JSON.parse(of!) as { nodes: number; labels: string };
  const { message, code } = new MarteauError('too-few-nodes', {
    wanted: refused.nodes,
    have: registered ?? 0,
    labels: labelsInWords(refused.labels),
    app: entry.appNode ?? false,
    most: rules.nodesMax,
  });
  const end = {
    state: 'error',
    verdict: '',
    reason: message,
    reasonCode: code,
    summary: '',
    hasReport: false,
    recipients: entry.recipients,
  } as const;
  return (await script('end', { lease, ...end })) ? 'refused' : 'lost';
}

function workText(work: unknown): string {
  const text = JSON.stringify(work ?? null);
  if (Buffer.byteLength(text) > WORK_LIMIT)
    throw new RangeError(`the work of a run has ${text.length} characters; ${WORK_LIMIT} bytes are kept`);
  return text;
}
