import type { Plan, TickEvent } from '@marteau/shared';
import type { World } from '../world.ts';
import { consoleLines, type Display } from './display.ts';
import { drawLoad } from './draw.ts';
import { addTick, beginLoad, type LoadProgress } from './progress.ts';
import { fit, harmless } from './terminal-text.ts';

const REDRAW_MS = 250;
const SPINNER = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

/**
 * For a terminal: the last lines are drawn anew four times a second, all else stays above them.
 *
 *     app    | listening
 *     First seen: home: 500 Internal Server Error
 *     ████████████░░░░░░░░░░░░  50 %  10 users (2 of 4)  20s left      ← these are redrawn
 *       450/s requests  10 users  …
 */
export function liveDisplay(world: Pick<World, 'redraw' | 'colour' | 'columns'>, now: () => number): Display {
  let progress: LoadProgress | null = null;
  let phase = '';
  let turn = 0;
  let drawn = 0;

  const lines = (): string[] => {
    if (progress) return drawLoad(progress, now());
    return phase === '' ? [] : [`${SPINNER[turn % SPINNER.length]} ${phase}`];
  };
  const clear = (): string => (drawn === 0 ? '' : `\x1b[${drawn}A\r\x1b[J`);
  const draw = (above: string[] = []): void => {
    const shown = lines().map((line) => fit(line, world.columns - 1));
    const text = [...above, ...shown].map((line) => `${harmless(line, world.colour)}\n`).join('');
    world.redraw(clear() + text);
    drawn = shown.length;
  };
  const timer = setInterval(() => {
    turn += 1;
    draw();
  }, REDRAW_MS);
  timer.unref();

  return {
    phase(name) {
      progress = null;
      phase = name;
      draw();
    },
    say: (sentence) => draw(sentence.split('\n')),
    console: (event) => draw(consoleLines(event)),
    begin(plan: Plan | null) {
      progress = beginLoad(plan, now());
      draw();
    },
    measuring(part, step, leftMs) {
      progress = {
        ...(progress ?? beginLoad(null, now())),
        told: { part, step, ...(leftMs !== undefined && { leftMs }) },
      };
      draw();
    },
    tick(tick: TickEvent) {
      if (progress) progress = addTick(progress, tick);
      draw();
    },
    close() {
      clearInterval(timer);
      progress = null;
      phase = '';
      draw();
    },
  };
}
