import type { LabelKind, LoadSnapshot, Measurements } from '@marteau/measure';
import type { Stage } from '@marteau/shared';

/** What a tool that generates load tells of it. Moments are ms since the load began, times µs. */
export type Observation =
  /** One request, iteration or step that has finished. */
  | ({ readonly type: 'sample'; readonly at: number; readonly time: number } & Counted)
  /** Many of one second, as an HdrHistogram (V2 compressed, base64). */
  | ({
      readonly type: 'histogram';
      readonly second: number;
      readonly histogram: string;
      /** The same of those among them that are errors. */
      readonly errorHistogram?: string;
    } & Omit<Counted, 'isError'>)
  /** The load itself in one second, and how the generator was. */
  | ({ readonly type: 'load' } & Pick<LoadSnapshot, 'second'> & Partial<LoadSnapshot>)
  /** A stage of the plan begins, as the engine has it: the one before is over. */
  | { readonly type: 'stage'; readonly stage: Stage; readonly at: number }
  /** Something failed, with its reason. */
  | { readonly type: 'failure'; readonly at: number; readonly test: string; readonly message: string }
  /** The generator and not the target was the limit. */
  | { readonly type: 'limit'; readonly limit: Measurements['generator']['limits'][number] }
  /** All of the seconds before this one was told. */
  | { readonly type: 'through'; readonly second: number }
  | { readonly type: 'note'; readonly text: string };

export interface Counted {
  readonly kind: LabelKind;
  readonly name: string;
  readonly isError?: boolean;
  /** Requests: status or error class. */
  readonly outcome?: string;
  readonly bytesIn?: number;
  readonly bytesOut?: number;
}
