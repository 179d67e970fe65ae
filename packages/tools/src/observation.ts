import type { Counts, Distribution, LabelKind, LoadSnapshot, Measurements, Metric } from '@marteau/measure';
import type { Stage } from '@marteau/shared';

/** What a tool that generates load tells of it. Moments are ms since the load began, times µs. */
export type Observation =
  /** One request, iteration or step that has finished, `at` when. */
  | ({ readonly type: 'sample'; readonly at: number; readonly time: number } & Counted)
  /** Many of one second, as an HdrHistogram (V2 compressed, base64). */
  | ({
      readonly type: 'histogram';
      readonly second: number;
      readonly histogram: string;
      /** The same of those among them that are errors. */
      readonly errorHistogram?: string;
    } & Omit<Counted, 'isError'>)
  /** All that a tool counted, where it tells no seconds. */
  | {
      readonly type: 'total';
      readonly kind: LabelKind;
      readonly name: string;
      readonly count: number;
      readonly errors: number;
      /** Of those whose time the tool tells. */
      readonly time: Distribution;
      readonly outcomes: Counts;
      readonly bytesIn: number;
    }
  /** How long a part of a request took, µs; beside the sample, in no order. */
  | {
      readonly type: 'phase';
      readonly at: number;
      readonly name: string;
      readonly phase: Phase;
      readonly time: number;
    }
  /** A value that the tool or its script measures besides: of a check 0 or 1, of times µs. */
  | { readonly type: 'metric'; readonly at: number; readonly metric: Metric; readonly value: number }
  /** The load itself in one second, and how the generator was. */
  | ({ readonly type: 'load' } & Pick<LoadSnapshot, 'second'> & Partial<LoadSnapshot>)
  /** A stage of the plan begins, as the engine has it: the one before is over. It is recorded from `begin` on. */
  | { readonly type: 'stage'; readonly stage: Stage; readonly at: number; readonly begin?: number }
  /** The stage is over, before another one begins. */
  | { readonly type: 'end'; readonly at: number }
  /** Something failed, with its reason: an iteration, unless it is a request (`error`) of a label. */
  | {
      readonly type: 'failure';
      readonly at: number;
      readonly test: string;
      readonly message: string;
      readonly kind?: 'failure' | 'error';
      readonly label?: string;
      /** It ended an iteration of that test whose sample does not say so. */
      readonly ends?: boolean;
    }
  /** The generator and not the target was the limit. */
  | { readonly type: 'limit'; readonly limit: Measurements['generator']['limits'][number] }
  /** All of the seconds before this one was told. */
  | { readonly type: 'through'; readonly second: number }
  /** Only these of the percentiles are told truly ([0.5, 0.99]): all others and the curves are not known. */
  | { readonly type: 'quantiles'; readonly known: readonly number[] }
  | { readonly type: 'note'; readonly text: string };

export type Phase = 'blocked' | 'dns' | 'connect' | 'tls' | 'sending' | 'waiting' | 'receiving';

export interface Counted {
  readonly kind: LabelKind;
  readonly name: string;
  readonly isError?: boolean;
  /** Requests: status or error class. */
  readonly outcome?: string;
  readonly bytesIn?: number;
  readonly bytesOut?: number;
}
