import type { ShareHold } from '../api/holds.ts';
import type { Start } from '../api/ledger.ts';
import type { Context } from '../context.ts';

/** Beside twice the longest round trip: what a message, a poll and a timer may take. */
const MARGIN_MS = 200;
/** A message may be missed. */
const POLL_MS = 100;
/** A share that starts later than this would not be part of the same load. */
const LATE_MS = 250;

/** See Ledger.ready. */
export async function waitAtBarrier(context: Context, hold: ShareHold, signal: AbortSignal): Promise<Start> {
  const { offset, roundTrip } = await context.clock.measure();
  const wait = pause();
  const unlisten = context.channels.onControl(hold.runId, wait.wake);
  signal.addEventListener('abort', wait.wake);
  try {
    for (;;) {
      const answer = await context.script('ready', { hold, roundTrip, marginMs: MARGIN_MS });
      if (answer[0] === 'go') return start(answer[1], offset);
      if (answer[0] !== 'wait') return { go: false, kind: answer[0] };
      if (signal.aborted) return { go: false, kind: 'aborted' };
      await wait.for(POLL_MS);
    }
  } finally {
    unlisten();
    signal.removeEventListener('abort', wait.wake);
  }
}

function start(commonStartAt: number, clockOffset: number): Start {
  const startAt = commonStartAt + clockOffset;
  return { go: true, startAt, commonStartAt, clockOffset, tooLate: () => Date.now() - startAt > LATE_MS };
}

/** A pause that can be ended early, also just before it begins. */
function pause() {
  let woken = false;
  let wakeUp = (): void => {};
  return {
    wake: () => {
      woken = true;
      wakeUp();
    },
    for: (ms: number): Promise<void> =>
      new Promise((resolve) => {
        const timer = setTimeout(() => wakeUp(), woken ? 0 : ms);
        wakeUp = () => {
          clearTimeout(timer);
          woken = false;
          resolve();
        };
      }),
  };
}
