import type { Observation } from '@marteau/tools';
import { Book } from './book.ts';
import type { Engine, EngineShare, Running } from './engine.ts';

/** Something that generates load and tells what happens, without adding it up. */
export interface ObservedTool extends Pick<Engine, 'name' | 'plan'> {
  /**
   * Makes all ready, calls `running.begin`, generates the load from then on, and tells of it as it comes.
   * @param observe is to be called with what is seen, in about the order of time
   */
  generate(
    share: EngineShare,
    running: Running,
    observe: (observation: Observation) => void,
  ): Promise<Omit<Parameters<Book['written']>[0], 'engine'> & { readonly version: string }>;
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
        const { version, ...written } = await tool.generate(share, { ...running, begin, onStart }, (seen) =>
          book?.observe(seen),
        );
        running.signal.throwIfAborted();
        return book!.written({ engine: { name: tool.name, version }, ...written });
      } finally {
        clearInterval(ticking);
      }
    },
  };
}
