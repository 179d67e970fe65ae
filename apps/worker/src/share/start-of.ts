import { LeaseEnded, type Start } from '@marteau/store';
import { HandBack } from '../context.ts';

/** The moment at which all shares begin. @throws HandBack when this one would begin too late */
export function startOf(start: Start, signal: AbortSignal): number {
  signal.throwIfAborted();
  if (!start.go) throw new LeaseEnded(start.kind, 'the attempt ended at the barrier');
  if (start.tooLate()) throw new HandBack('it would have begun too late');
  return start.startAt;
}
