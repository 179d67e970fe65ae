import type { RunConsole } from '@marteau/run';
import type { GrowingMasker, Run } from '@marteau/shared';
import type { Secrets } from '@marteau/source';
import type { Lease, RunFolder } from '@marteau/store';
import type { Logger } from 'pino';
import type { PhaseReporter } from './phase-reporter.ts';

/** One job of one run at work. */
export interface LeasedJob<H extends Lease> {
  readonly lease: H;
  /** As it was when the job began. */
  readonly run: Run;
  /** The server's, with those of the run's own project. */
  readonly secrets: Secrets;
  readonly console: RunConsole;
  readonly phase: PhaseReporter;
  readonly masker: GrowingMasker;
  /** The run's folder in the store. */
  readonly folder: RunFolder;
  /** A folder of this job's own, which is removed after it. Absolute. */
  readonly work: string;
  /** Ends the job: cancelled, lost, or this process is leaving. */
  readonly signal: AbortSignal;
  /** "Stop and report": end the load and keep what was measured. */
  readonly stop: AbortSignal;
  readonly log: Logger;
  /**
   * Sends what is left of the console and keeps it, if it can be: to be called before the run is handed on, or ended.
   */
  settle(): Promise<void>;
}

/** Why a run cannot go on. */
export interface Failure {
  /** One sentence for a person. */
  reason: string;
  /** Of the catalogue, where there is one. */
  reasonCode: string | null;
}
