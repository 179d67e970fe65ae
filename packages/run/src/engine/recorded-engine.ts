import { Book } from './book.ts';
import type { Engine, EngineShare, Running } from './engine.ts';
import type { Observation } from './observation.ts';

/** Something that generates load and tells what happens, without adding it up. */
export interface ObservedTool extends Pick<Engine, 'name' | 'plan'> {
  readonly version: string;
  /**
   * Makes all ready, calls `running.begin`, generates the load from then on, and tells of it as it comes.
   * @param observe is to be called with what is seen, in about the order of time
   */
  generate(
    share: EngineShare,
    running: Running,
    observe: (observation: Observation) => void,
  ): Promise<{ readonly startedAt: number; readonly cpuSeconds: number }>;
}

const TICK_MS = 200;

/** An engine of a tool that only tells what happens: its observations are recorded here as those of our own are there. */
export function recordedEngine(tool: ObservedTool): Engine {
  return {
    name: tool.name,
    plan: tool.plan,
    async run(share, running) {
      let book: Book | null = null;
      let stop = (): void => {};
      const begin = async (): Promise<number | undefined> => {
        const at = await running.begin();
        book = new Book(share, running, at ?? Date.now(), () => stop());
        return at;
      };
      const onStart = (end: () => void): void => {
        stop = end;
        running.onStart(end);
      };
      const ticking = setInterval(() => book?.tick(), TICK_MS);
      try {
        const { startedAt, cpuSeconds } = await tool.generate(share, { ...running, begin, onStart }, (seen) =>
          book?.observe(seen),
        );
        running.signal.throwIfAborted();
        return book!.written({ name: tool.name, version: tool.version }, startedAt, cpuSeconds);
      } finally {
        clearInterval(ticking);
      }
    },
  };
}
