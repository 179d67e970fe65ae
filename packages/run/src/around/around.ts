import type { AroundContext, AroundPart, Door, Measured, Seen, StartedPart } from './part.ts';

export type AroundOptions = AroundContext & {
  /** What the file says that the load hits; null where it does not. */
  readonly target: string | null;
};

/** What stands around the load. Disposing of it stops all of it, the last first. */
export interface Around extends AsyncDisposable {
  /** The environment of the script. */
  readonly env: Readonly<Record<string, string>>;
  /** What of it was added by what stands around the load. */
  readonly added: Readonly<Record<string, string>>;
  /** What the run hits; null where nothing names it. */
  readonly target: string | null;
  /** Where all of it listens. */
  readonly doors: readonly Door[];
  /** Files that `added` names. Absolute. */
  readonly files: readonly string[];
  /** What the report should say of it, by name. */
  readonly facts: Readonly<Record<string, string>>;
  /** The load begins at this moment, ms since 1970. */
  loadBegins(at: number): void;
  /** The load is over: what was measured, with what the parts saw of it. */
  note<M extends Measured>(measured: M): Promise<M & Seen>;
}

/**
 * Starts the parts one after the other. When one cannot start, those before it are stopped, the last first; one that
 * cannot be stopped keeps none of the others from it.
 * @throws what a part's `start` throws; the signal's reason when that aborts
 */
export async function startAround(parts: readonly AroundPart[], options: AroundOptions): Promise<Around> {
  let { env, target } = options;
  let added: Record<string, string> = {};
  let facts: Record<string, string> = {};
  await using stack = new AsyncDisposableStack();
  const context: AroundContext = {
    ...options,
    get env() {
      return env;
    },
  };
  const all: StartedPart[] = [];
  for (const part of parts) {
    const started = await part.start(context);
    all.push(started);
    stack.defer(() => started.stop());
    added = { ...added, ...started.env };
    env = { ...env, ...started.env };
    target ??= started.target ?? null;
    facts = { ...facts, ...started.facts };
  }
  if (target !== null) env = { ...env, MARTEAU_TARGET: target };
  const kept = stack.move();
  return {
    env,
    added,
    target,
    doors: all.flatMap(({ doors = [] }) => doors),
    files: all.flatMap(({ files = [] }) => files),
    facts,
    loadBegins(at) {
      for (const started of all) started.loadBegins?.(at);
    },
    async note<M extends Measured>(measured: M) {
      let noted: M & Seen = measured;
      for (const started of all) noted = (await started.note?.(noted)) ?? noted;
      return noted;
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
