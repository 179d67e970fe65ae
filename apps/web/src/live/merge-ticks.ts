import type { TickEvent } from '@marteau/shared';
import type { StoredEvent } from '@marteau/store';
import { mergeTick } from './merge-tick.ts';

/** How many seconds a second may lack shares before it is shown without them: a lost node sends none. */
const PATIENCE = 2;
const noMore = Number.POSITIVE_INFINITY;

/** Takes the events of a run one by one, and gives those that can be shown. */
export interface TickMerger {
  push(stored: StoredEvent): StoredEvent[];
  /** What was still held back when the events ended. */
  rest(): StoredEvent[];
  /** Another one that holds back the same. */
  copy(): TickMerger;
}

/** Shares of a second that lacks others; the second is the key. */
type Incomplete = ReadonlyMap<number, { id: string; ticks: readonly TickEvent[] }>;

/**
 * Makes one tick of the ticks of all shares in each second. The merged tick has the id of the last one that came, so
 * that a viewer who resumes there has missed nothing.
 */
export function createTickMerger(incomplete: Incomplete = new Map()): TickMerger {
  const open = new Map([...incomplete].map(([second, { id, ticks }]) => [second, { id, ticks: [...ticks] }]));

  /** All seconds up to one, in their order. */
  const close = (upTo: number): StoredEvent[] =>
    [...open.keys()]
      .filter((second) => second <= upTo)
      .sort((a, b) => a - b)
      .map((second) => {
        const { id, ticks } = open.get(second)!;
        open.delete(second);
        return { id, event: mergeTick(ticks) };
      });

  return {
    push(stored) {
      const { event } = stored;
      if (event.type === 'state') return [...close(noMore), stored];
      if (event.type !== 'tick' || event.of === 1) return [stored];
      const second = open.get(event.second) ?? { id: '', ticks: [] as TickEvent[] };
      second.id = stored.id;
      second.ticks.push(event);
      open.set(event.second, second);
      return close(second.ticks.length === event.of ? event.second : event.second - PATIENCE);
    },
    rest: () => close(noMore),
    copy: () => createTickMerger(open),
  };
}
