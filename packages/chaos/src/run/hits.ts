import type { ChaosRecord, FaultWindow } from '@marteau/measure';
import type { Tally } from '../outputs/tally.ts';

const MOST_SECONDS = 10_000;
const MOST_TARGETS = 200;
const MOST_NOTES = 20;

/** What proxies told of what they hit, by second and by what was hit. */
export class Hits {
  readonly #seconds: ChaosRecord['seconds'] = [];
  readonly #targets = new Map<string, ChaosRecord['targets'][number]>();
  /** How many connections each was told of. */
  readonly #notes = new Map<string, number>();

  /** @param now ms since the load began: the end of the second that is told */
  add(tallies: readonly Tally[], now: number): void {
    const at = Math.max(0, now - 1000);
    const sums = new Map<string, ChaosRecord['seconds'][number]>();
    for (const { proxy, behavior, command, path, count, note } of tallies) {
      if (note !== undefined) {
        const sentence = `${proxy}: ${note}`;
        const known = this.#notes.get(sentence);
        if (known !== undefined || this.#notes.size < MOST_NOTES)
          this.#notes.set(sentence, (known ?? 0) + count);
        continue;
      }
      const sum = sums.get(`${proxy} ${behavior}`);
      if (sum) sum.count += count;
      else sums.set(`${proxy} ${behavior}`, { at, proxy, behavior, count });
      const key = JSON.stringify([proxy, behavior, command, path]);
      const target = this.#targets.get(key);
      if (target) target.count += count;
      else this.#targets.set(key, { proxy, behavior, command, path, count });
    }
    for (const sum of sums.values()) if (this.#seconds.length < MOST_SECONDS) this.#seconds.push(sum);
  }

  /** So far; what happened in the last second was not told yet. */
  between(proxy: string, behavior: string, from: number, to: number): number {
    return this.#seconds
      .filter(
        (one) => one.proxy === proxy && one.behavior === behavior && one.at + 1000 > from && one.at < to,
      )
      .reduce((sum, { count }) => sum + count, 0);
  }

  /** A window with all that was told of it by now. */
  counted(window: FaultWindow): FaultWindow {
    const { proxy, behavior, begin, end } = window;
    return { ...window, hits: this.between(proxy, behavior, begin, end) };
  }

  told(): Pick<ChaosRecord, 'seconds' | 'targets' | 'notes'> {
    const targets = [...this.#targets.values()].toSorted((a, b) => b.count - a.count);
    const notes = Array.from(
      this.#notes,
      ([sentence, count]) => `${sentence} (${count} ${count === 1 ? 'connection' : 'connections'})`,
    );
    return { seconds: this.#seconds, targets: targets.slice(0, MOST_TARGETS), notes };
  }
}
