import type { ChaosRecord } from '@marteau/measure';
import { isMarteauError } from '@marteau/shared';
import type { Tally } from '../outputs/tally.ts';
import type { PlannedFault } from './faults.ts';
import { Hits } from './hits.ts';
import type { SteeredProxy } from './steered-proxy.ts';

/** What happens on the timeline, as it happens. */
export type ChaosMoment =
  | { readonly what: 'broken'; readonly fault: PlannedFault }
  | { readonly what: 'healed'; readonly fault: PlannedFault; readonly hits: number }
  | { readonly what: 'all-healed'; readonly faults: number; readonly calledOff: number }
  | { readonly what: 'refused'; readonly sentence: string }
  | { readonly what: 'trouble'; readonly sentence: string };

/** The faults of a run, under way. */
export interface Driver {
  /** Takes in what a proxy tells of its hits. */
  count(tallies: readonly Tally[]): void;
  /** Breaks a proxy now, for as long as the window says. */
  break(fault: PlannedFault): void;
  /** Heals everything now. What the timeline still held is called off, and said as a trouble of the run. */
  heal(): void;
  /** Names of the proxies that were put back as they were; known once `end` has resolved. */
  readonly restored: ReadonlySet<string>;
  /**
   * Heals what is still broken, puts back what was there before, and resolves with what was done.
   * @param flush has the proxies tell of their last hits
   */
  end(flush: () => Promise<void>): Promise<
    Pick<ChaosRecord, 'windows' | 'seconds' | 'targets' | 'troubles' | 'notes'> & {
      used: Map<string, boolean | null>;
    }
  >;
}

interface DriveOptions {
  readonly faults: readonly PlannedFault[];
  readonly proxies: ReadonlyMap<string, SteeredProxy>;
  /** When the load begins, ms since 1970. */
  readonly startsAt: number;
  readonly onMoment: (moment: ChaosMoment) => void;
}

/** Breaks and heals proxies at the times of a plan. What cannot be done is told, and ends nothing. */
export function driveFaults({ faults, proxies, startsAt, onMoment }: DriveOptions): Driver {
  const hits = new Hits();
  const troubles: string[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const broken = new Map<PlannedFault, number>();
  const windows: ChaosRecord['windows'] = [];
  const waiting = new Set<PlannedFault>();
  /** What nobody has planned cannot be missed. */
  const byHand = new Set<PlannedFault>();
  const restored = new Set<string>();
  const now = (): number => Date.now() - startsAt;
  let work: Promise<unknown> = Promise.resolve();

  /** One change after the other: what is asked for in order happens in order. */
  const inTurn = (change: () => Promise<void>): void => {
    work = work.then(change);
  };
  const trouble = (sentence: string): void => {
    troubles.push(sentence);
    onMoment({ what: 'trouble', sentence });
  };
  const refused = (sentence: string): void => onMoment({ what: 'refused', sentence });
  const attempt = async (what: string, change: () => Promise<void>, tell = trouble): Promise<boolean> => {
    try {
      await change();
      return true;
    } catch (error) {
      tell(`${what}: ${isMarteauError(error) ? error.message : String(error)}`);
      return false;
    }
  };
  const start = (fault: PlannedFault): void =>
    inTurn(async () => {
      const { proxy, behavior } = fault.window;
      const done = await attempt(
        `${proxy} could not be broken (${behavior})`,
        () => proxies.get(proxy)!.break(fault.setting),
        byHand.has(fault) ? refused : trouble,
      );
      if (!done) return;
      broken.set(fault, now());
      if (!fault.window.lasting) onMoment({ what: 'broken', fault });
    });
  const heal = (fault: PlannedFault): void => inTurn(() => healNow(fault));
  const healNow = async (fault: PlannedFault): Promise<void> => {
    const begin = broken.get(fault);
    if (begin === undefined) return;
    broken.delete(fault);
    const { proxy, behavior, lasting } = fault.window;
    await attempt(`${proxy} could not be healed (${behavior})`, () =>
      proxies.get(proxy)!.heal(fault.setting),
    );
    const end = now();
    const count = hits.between(proxy, behavior, begin, end);
    windows.push({ ...fault.window, begin, end, hits: count });
    if (!lasting) onMoment({ what: 'healed', fault, hits: count });
  };
  const at = (moment: number, act: () => void): void => {
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        act();
      },
      Math.max(0, startsAt + moment - Date.now()),
    );
    timers.add(timer.unref());
  };

  const passedBefore = new Map<string, number | null>();
  inTurn(async () => {
    for (const [name, proxy] of proxies) passedBefore.set(name, await proxy.passed().catch(() => null));
  });
  const schedule = (fault: PlannedFault): void => {
    waiting.add(fault);
    at(fault.window.begin, () => {
      waiting.delete(fault);
      start(fault);
    });
    at(fault.window.end, () => heal(fault));
  };
  for (const fault of faults) schedule(fault);
  return {
    restored,
    break(fault) {
      byHand.add(fault);
      schedule(fault);
    },
    heal() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      const calledOff = waiting.size;
      waiting.clear();
      inTurn(async () => {
        const faults = broken.size;
        await Promise.all([...broken.keys()].map(healNow));
        onMoment({ what: 'all-healed', faults, calledOff });
        if (calledOff > 0) troubles.push(calledOffSentence(calledOff));
      });
    },
    count: (tallies) => hits.add(tallies, now()),
    async end(flush) {
      for (const timer of timers) clearTimeout(timer);
      inTurn(async () => {
        for (const fault of [...broken.keys()]) await healNow(fault);
      });
      await work;
      await flush();
      const used = new Map<string, boolean | null>();
      for (const [name, proxy] of proxies) {
        const before = passedBefore.get(name) ?? null;
        const passed = await proxy.passed().catch(() => null);
        used.set(name, before === null || passed === null ? null : passed > before);
        if (await attempt(`${name} could not be put back as it was`, () => proxy.restore()))
          restored.add(name);
      }
      const sorted = windows.toSorted((a, b) => a.begin - b.begin);
      return { windows: sorted.map((window) => hits.counted(window)), ...hits.told(), troubles, used };
    },
  };
}

function calledOffSentence(count: number): string {
  const what = count === 1 ? 'one fault of the timeline was' : `${count} faults of the timeline were`;
  return `Everything was healed by hand, so ${what} not made. Run it again without healing to see ${count === 1 ? 'it' : 'them'}.`;
}
