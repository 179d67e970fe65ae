import type { ConsoleEvent, Plan, TickEvent } from '@marteau/shared';

/** Shows a run while it goes on: in a terminal that redraws, line by line in a log, or not at all. */
export interface Display {
  /** What is being done before the load and after it: 'cloning', 'starting the app'. */
  phase(name: string): void;
  /** A sentence that stays. */
  say(sentence: string): void;
  /** Lines of the run's console. */
  console(event: Pick<ConsoleEvent, 'from' | 'text'>): void;
  /** The load begins. */
  begin(plan: Plan | null): void;
  /** How far a load is whose plan is not known here. @param part 0 … 1 @param step '10 users (2 of 4)' @param leftMs of it */
  measuring(part: number, step: string, leftMs?: number): void;
  tick(tick: TickEvent): void;
  /** Takes away what was only for the moment. */
  close(): void;
}

/** Shows nothing: `--quiet`. */
export const noDisplay: Display = {
  phase() {},
  say() {},
  console() {},
  begin() {},
  measuring() {},
  tick() {},
  close() {},
};

/** 'app      | listening': a console event as lines; Marteau's own sentences stand alone. */
export function consoleLines({ from, text }: Pick<ConsoleEvent, 'from' | 'text'>): string[] {
  const lines = text.split('\n');
  return from === 'marteau' ? lines : lines.map((line) => `${from.padEnd(6)} | ${line}`);
}
