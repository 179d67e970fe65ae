import type { Span } from '@marteau/measure';
import type { ResolvedFile } from '../resolve/resolved-file.ts';

/** Most seconds that are looked at closely. */
const MOST_SECONDS = 1200;
/** What is looked at before a fault, to know what was usual, and at least after its heal, to see it come back. */
const AROUND_S = 31;
/** Five good seconds that begin at the latest moment allowed, and what the clock of the faults is late by. */
const RECOVERY_S = 12;

/**
 * The seconds of the run around faults of which recovery is expected within a time: a long run's intervals are too wide to see that.
 * The first ones where there are too many; the end of each is not among them.
 */
export function closeSpans(chaos: ResolvedFile['chaos']): Span[] {
  const judged = (chaos?.timeline ?? []).flatMap(({ atMs, forMs, everyMs, expect: { recoverWithinMs } }) => {
    if (recoverWithinMs === null || forMs === null) return [];
    const after = Math.max(AROUND_S, recoverWithinMs / 1000 + RECOVERY_S);
    const times = Array.from({ length: everyMs ? MOST_SECONDS : 1 }, (_, i) => atMs + i * (everyMs ?? 0));
    return times.map((at) => ({
      from: Math.max(0, Math.floor(at / 1000) - AROUND_S),
      to: Math.ceil((at + forMs) / 1000 + after),
    }));
  });
  const spans: { from: number; to: number }[] = [];
  let seconds = 0;
  for (const { from, to } of judged.toSorted((a, b) => a.from - b.from)) {
    const last = spans.at(-1);
    const more = to - Math.max(from, last?.to ?? 0);
    if (more <= 0) continue;
    if (seconds + more > MOST_SECONDS) break;
    seconds += more;
    if (last !== undefined && from <= last.to) last.to = to;
    else spans.push({ from, to });
  }
  return spans;
}
