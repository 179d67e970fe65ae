import type { Context } from '../context.ts';
import { lookUntil } from '../control/look-until.ts';
import type { ShareLease } from './leases.ts';

/** The one start of all shares. */
export type Start =
  | {
      go: true;
      /** On this machine's clock, ms since 1970. Wait until then, then check `tooLate`. */
      startAt: number;
      /** On Redis's clock, ms since 1970: the same number on all nodes. */
      commonStartAt: number;
      /** This machine's clock minus Redis's, ms. */
      clockOffset: number;
      /** True when a share begins more than 250 ms after startAt: do not start, `giveBack`. */
      tooLate(): boolean;
    }
  | { go: false; kind: 'cancelled' | 'aborted' | 'lost' };

/** Beside twice the longest round trip: what a message, a poll and a timer may take. */
const MARGIN_MS = 200;
/** A share that starts later than this would not be part of the same load. */
const LATE_MS = 250;

/** See Ledger.ready. */
export async function waitAtBarrier(
  context: Context,
  lease: ShareLease,
  signal: AbortSignal,
): Promise<Start> {
  const { offset, roundTrip } = await context.clock.measure();
  const started = await lookUntil(context, lease.runId, signal, async (): Promise<Start | null> => {
    const answer = await context.script('ready', { lease, roundTrip, marginMs: MARGIN_MS });
    if (answer[0] === 'go') return start(answer[1], offset);
    return answer[0] === 'wait' ? null : { go: false, kind: answer[0] };
  });
  return started ?? { go: false, kind: 'aborted' };
}

function start(commonStartAt: number, clockOffset: number): Start {
  const startAt = commonStartAt + clockOffset;
  return { go: true, startAt, commonStartAt, clockOffset, tooLate: () => Date.now() - startAt > LATE_MS };
}
