import type { ShareHold } from './holds.ts';

/** Something elsewhere that a share may change, and how it is put back. */
export interface Repair {
  /** What it is: of one place the last that was written counts. */
  readonly place: string;
  readonly hold: ShareHold;
  /** JSON; whoever wrote it knows what it says. */
  readonly state: unknown;
}

/**
 * What has to be put back outside of Marteau, should whoever changes it die: written down first, and forgotten once it
 * was put back.
 */
export interface Repairs {
  keep(repair: Repair): Promise<void>;
  /** It was put back. What another hold has written there since stays. */
  forget(repair: Pick<Repair, 'place' | 'hold'>): Promise<void>;
  /** Those whose holders hold nothing any more: anybody may put them back. */
  left(): Promise<Repair[]>;
}
