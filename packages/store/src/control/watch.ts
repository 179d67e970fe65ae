import type { Context } from '../context.ts';
import type { Lease } from '../ledger/leases.ts';

/** Why a stage was told to end. `lost`: the lease is not valid any more, write nothing. */
export type AbortKind = 'cancelled' | 'aborted' | 'lost' | 'store-away';

/** The reason on `Watch.signal`: `signal.reason.kind`. */
export class LeaseEnded extends Error {
  override readonly name = 'LeaseEnded';
  readonly kind: AbortKind;
  constructor(kind: AbortKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * Watches a lease: keeps that of a job alive, and tells when to end.
 *
 * - `signal` aborts when the run is cancelled (`cancelled`), when its attempt is over for another reason, such as a
 *   lost node before the start (`aborted`), when the lease is lost (`lost`), and when Redis has not answered for so
 *   long that the lease may have ended (`store-away`). `signal.reason` is a LeaseEnded. Once all is stopped the
 *   holder still answers: after `cancelled` and `aborted` with `ledger.acknowledge`, after `store-away` with
 *   `ledger.abandon` or `giveBack`, which wait until Redis is back. After `lost` there is nothing to say.
 * - `stop` aborts on "stop and report", or when another node was lost after the start: end the load now and keep
 *   what was measured.
 */
export interface Watch {
  signal: AbortSignal;
  stop: AbortSignal;
  /** Ends the watching; the lease stays as it is. */
  close(): void;
}

const POLL_MS = 500;

/** A holder must have stopped by the time its lease ends: after this part of it it is told that Redis is away. */
const PATIENCE = 0.75;

const sentences: Record<AbortKind, string> = {
  cancelled: 'the run was cancelled',
  aborted: 'this attempt is over',
  lost: 'the run is in other hands now',
  'store-away': 'Redis did not answer for so long that the run may be in other hands now',
};

/** See Watch. Polls the ledger, at once when a message says so; each poll renews the lease of a job. */
export function watchLease(context: Context, lease: Lease): Watch {
  const ended = new AbortController();
  const stop = new AbortController();
  let answeredAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let asking = false;
  let askAgain = false;

  const close = (): void => {
    closed = true;
    clearTimeout(timer);
    clearInterval(patience);
    unlisten();
    context.closed.removeEventListener('abort', close);
  };
  const end = (kind: AbortKind): void => {
    if (!ended.signal.aborted) ended.abort(new LeaseEnded(kind, sentences[kind]));
  };

  const ask = async (): Promise<void> => {
    if (asking) {
      askAgain = true;
      return;
    }
    asking = true;
    clearTimeout(timer);
    const askedAt = performance.now();
    try {
      const answer = await (lease.stage === 'share'
        ? context.script('check-share', { lease })
        : context.script('check-job', { lease }));
      answeredAt = askedAt;
      if (answer === 'stop') stop.abort();
      else if (answer !== 'go') end(answer);
    } catch (error) {
      context.log.debug({ run: lease.runId, err: (error as Error).message }, 'could not look at the lease');
    }
    asking = false;
    if (closed) return;
    timer = setTimeout(ask, askAgain ? 0 : POLL_MS);
    askAgain = false;
  };

  const patience = setInterval(() => {
    if (performance.now() - answeredAt > context.rules.leaseMs * PATIENCE) end('store-away');
  }, POLL_MS / 2);
  const unlisten = context.channels.onControl(lease.runId, () => void ask());
  context.closed.addEventListener('abort', close, { once: true });
  void ask();
  return { signal: ended.signal, stop: stop.signal, close };
}
