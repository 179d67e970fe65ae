import type { Threshold } from '@marteau/measure';
import type { FaultEvent, Plan, Run } from '@marteau/shared';
import type { Merged } from '../merge/merged.ts';
import type { Results } from '../schema/results.ts';

/** Who was lost, and when in ms since the load began. */
export interface LostNode {
  readonly node: string;
  readonly at: number;
  /** It generated no load but had the app. */
  readonly app?: boolean;
}

/** What the nodes of one location measured together. */
export interface LocationInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Null where all of its nodes were lost. */
  readonly measurements: Merged | null;
  readonly lost: readonly LostNode[];
}

/** Everything that a report is made from. */
export interface ReportInput {
  /** As the store keeps it; of its addresses only the submitter's name is shown. */
  readonly run: Run;
  /** The address of the run's page, where the server knows its own. */
  readonly url?: string | null;
  /** The text of the `.marteau.yml` as used. */
  readonly file: string | null;
  /** What the test is about, where the file says so. */
  readonly description?: string | null;
  readonly plan: Plan | null;
  /** The file's thresholds; the defaults hold where there are none. */
  readonly thresholds: readonly Threshold[];
  /** µs; FunkLoad's 1.5 s where the file says nothing. */
  readonly apdexThreshold?: number | null;
  /** From `mergeMeasurements`; null for a run that never generated load. */
  readonly measurements: Merged | null;
  /** The same of each location of the file by itself, in its order. */
  readonly locations?: readonly LocationInput[];
  /** Faults, restarts, lost nodes: what else happened, from the run's event stream. */
  readonly events?: readonly FaultEvent[];
  /** Nodes that were lost while the load ran. */
  readonly lost?: readonly LostNode[];
  /** The node of the app, where that generated no load. */
  readonly appNode?: string | undefined;
  /** What stood around the run, by name: versions, lock file, machine. Masked by the caller. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Results of the last good runs of the same test, newest first: the pinned baseline before all others. */
  readonly baselines?: readonly Results[];
}
