import type { Plan, TickEvent } from '@marteau/shared';
import type { World } from '../world.ts';
import { consoleLines, type Display } from './display.ts';
import { loadLine } from './draw.ts';
import { addTick, beginLoad, type LoadProgress } from './progress.ts';
import { harmless } from './terminal-text.ts';

const EVERY_SECONDS = 10;

/** For a log: every sentence is a line; of the load one line at its first second, at each step, and every ten seconds. */
export function lineDisplay(world: Pick<World, 'err' | 'colour'>, now: () => number): Display {
  let progress: LoadProgress | null = null;
  let said = Number.NEGATIVE_INFINITY;
  let step = -1;
  const print = (line: string): void => world.err(`${harmless(line, world.colour)}\n`);
  return {
    phase: print,
    say: print,
    console: (event) => consoleLines(event).forEach(print),
    begin(plan: Plan | null) {
      progress = beginLoad(plan, now());
    },
    measuring(part, step, leftMs) {
      progress = {
        ...(progress ?? beginLoad(null, now())),
        told: { part, step, ...(leftMs !== undefined && { leftMs }) },
      };
    },
    tick(tick: TickEvent) {
      if (!progress) return;
      progress = addTick(progress, tick);
      if (tick.step === step && tick.second - said < EVERY_SECONDS) return;
      said = tick.second;
      step = tick.step;
      print(loadLine(progress));
    },
    close() {},
  };
}
