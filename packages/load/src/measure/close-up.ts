import type { EffectiveFile } from '@marteau/file';
import type { CloseUp } from '@marteau/measure';
import type { Piece } from './piece.ts';
import { countSecond, Series, writtenPoint } from './series.ts';

/** Most seconds that are looked at closely. */
const MOST_SECONDS = 1200;
/** What is looked at before a fault, to know what was usual, and at least after its heal, to see it come back. */
const AROUND_S = 31;
/** Five good seconds that begin at the latest moment allowed, and what the clock of the faults is late by. */
const RECOVERY_S = 12;

/** Seconds of the run, the end not among them. */
export interface CloseStretch {
  readonly from: number;
  readonly to: number;
}

/**
 * The seconds around faults of which recovery is expected within a time: a long run's intervals are too wide to see that.
 * The first ones where there are too many.
 */
export function closeStretches(chaos: EffectiveFile['chaos']): CloseStretch[] {
  const judged = (chaos?.timeline ?? []).flatMap(({ atMs, forMs, everyMs, expect: { recoverWithinMs } }) => {
    if (recoverWithinMs === null || forMs === null) return [];
    const after = Math.max(AROUND_S, recoverWithinMs / 1000 + RECOVERY_S);
    const times = Array.from({ length: everyMs ? MOST_SECONDS : 1 }, (_, i) => atMs + i * (everyMs ?? 0));
    return times.map((at) => ({
      from: Math.max(0, Math.floor(at / 1000) - AROUND_S),
      to: Math.ceil((at + forMs) / 1000 + after),
    }));
  });
  const stretches: { from: number; to: number }[] = [];
  let seconds = 0;
  for (const { from, to } of judged.toSorted((a, b) => a.from - b.from)) {
    const last = stretches.at(-1);
    const more = to - Math.max(from, last?.to ?? 0);
    if (more <= 0) continue;
    if (seconds + more > MOST_SECONDS) break;
    seconds += more;
    if (last !== undefined && from <= last.to) last.to = to;
    else stretches.push({ from, to });
  }
  return stretches;
}

/** Keeps all requests of some stretches second by second, however long the run becomes. */
export class CloseUps {
  readonly #stretches: readonly CloseStretch[];
  readonly #series = new Series();

  constructor(stretches: readonly CloseStretch[]) {
    this.#stretches = stretches;
  }

  /** @param full whether all of the second was recorded */
  add(second: number, full: boolean, pieces: readonly Piece[]): void {
    if (!this.#stretches.some(({ from, to }) => second >= from && second < to)) return;
    const requests = pieces
      .filter(({ recorded }) => recorded)
      .flatMap(({ labels }) => labels.filter(({ kind }) => kind === 'request'));
    if (requests.length === 0) return;
    this.#series.add(countSecond(second, full, requests), 1);
  }

  written(): CloseUp {
    return {
      stretches: this.#stretches.map(({ from, to }) => ({ from: from * 1000, to: to * 1000 })),
      series: this.#series.points.map((point) => writtenPoint(point, 1, false)),
    };
  }
}
