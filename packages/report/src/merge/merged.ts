import type {
  CapacitySearch,
  ChaosRecord,
  CustomMetric,
  FailureGroup,
  HostSeries,
  HttpConnections,
  LabelKind,
  LoadPoint,
  Measurements,
  PeerFacts,
  RecordingRecord,
  Source,
  Starts,
  StepStats,
  Times,
} from '@marteau/measure';

/**
 * What all shares of a run measured together, decoded: counts are added, histograms are added bucket by bucket,
 * nothing is averaged. Latencies are µs, moments ms since the first share began.
 */
export interface Merged {
  readonly model: Measurements['model'];
  readonly engine: Measurements['engine'];
  /** ISO 8601, of the first share to begin and the last to end. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly stopped: boolean;
  /** How many shares the run had, whether or not each of them is here. */
  readonly shares: number;
  readonly steps: readonly MergedStage[];
  readonly labels: readonly MergedLabel[];
  readonly grid: Grid;
  /** All requests second by second, where the grid is wider; null where it is not, or nothing was looked at closely. */
  readonly closeUp?: MergedCloseUp | null;
  readonly load: readonly LoadPoint[];
  readonly failures: readonly FailureGroup[];
  readonly metrics: readonly MergedMetric[];
  readonly hosts: readonly HostSeries[];
  /** Whose figures these are, where a tool of others measured; null, or left out, where our engine did. */
  readonly source?: Source | null;
  /** Who answered at the target. */
  readonly peer: PeerFacts;
  /** What our fetch opened; null, or left out, where none of the shares says. */
  readonly connections?: HttpConnections | null;
  readonly search: CapacitySearch | null;
  readonly stoppedBy: Measurements['stoppedBy'] | null;
  /** What was broken on purpose; null where the file names no proxies. */
  readonly chaos?: ChaosRecord | null;
  /** What stand-ins for third parties did; left out where the file names none. */
  readonly recordings?: readonly RecordingRecord[];
  readonly notes: readonly string[];
  readonly nodes: readonly MergedNode[];
}

/** Equal intervals from 0: interval i begins at i x width ms. */
export interface Grid {
  readonly width: number;
  readonly length: number;
}

/** What was looked at closely: spans in ms, and cells of a grid of one second. */
export interface MergedCloseUp {
  readonly stretches: readonly { readonly from: number; readonly to: number }[];
  readonly grid: Grid;
  readonly cells: readonly (Cell | null)[];
}

export interface MergedStage {
  readonly plan: Measurements['steps'][number]['plan'];
  readonly begin: number;
  readonly end: number;
  /** Length of the recorded window: the longest of any share, so that a skew of clocks changes no rate. */
  readonly seconds: number;
  readonly complete: boolean;
  /** Null where the engine does not tell what was intended. */
  readonly starts: Starts | null;
}

export type MergedStats = Omit<StepStats, 'time' | 'service' | 'errorTime'> & {
  readonly time: Times;
  readonly service: Times | null;
  /** Times of those that are errors, a part of `time`; null where the engine did not keep them apart. */
  readonly errorTime: Times | null;
};

/** One interval of one label; `null` stands where nothing happened. */
export interface Cell {
  readonly count: number;
  readonly errors: number;
  /** HTTP status or error class → count; left out where there are none. */
  readonly errorKinds?: Readonly<Record<string, number>>;
  readonly bytesIn: number;
  readonly time: Times;
  /** Over the one-second parts: exact while the grid is one second wide, else bounds that hold for sure. */
  readonly worst: { minCount: number; maxCount: number; errors: number; p95: number };
}

export interface MergedLabel {
  readonly kind: LabelKind;
  readonly name: string;
  readonly steps: readonly MergedStats[];
  /** One entry an interval of the grid. */
  readonly cells: readonly (Cell | null)[];
}

export interface MergedNode {
  readonly node: string;
  readonly share: number;
  readonly startedAt: string;
  readonly requests: number;
  readonly load: readonly LoadPoint[];
  readonly generator: Measurements['generator'];
}

/** How often a metric was added to, the sum of it, and of a trend how its values spread. */
export interface MetricCounts {
  readonly count: number;
  readonly sum: number;
  readonly times: Times;
}

/** A metric of the script's own. */
export interface MergedMetric extends Pick<CustomMetric, 'kind' | 'name' | 'unit' | 'of'> {
  readonly steps: readonly (MetricCounts & { readonly step: number })[];
  /** One entry an interval of the grid. */
  readonly cells: readonly (MetricCounts | null)[];
}
