import { parseQuiet, quietAt } from '@marteau/file';
import type { Hook } from '@marteau/store';
import type { Continuous } from './context.ts';

/** What is to be done about a run that would start by itself now: nothing, to leave it out, or to begin it later. */
export type Held = { readonly ignored: string } | { readonly notBefore?: number };

/** By the quiet hours of the server and of the project. What runs already goes on, and whoever asks by hand is not held. */
export function quietNow({ config, now }: Pick<Continuous, 'config' | 'now'>, { quiet = '' }: Hook): Held {
  const found = quietAt([...config.quiet, ...parseQuiet(quiet)], now());
  if (found === null) return {};
  const until = new Date(found.until).toISOString().replace(/:00\.000Z$/, 'Z');
  return found.does === 'skip'
    ? { ignored: `It is quiet until ${until}: nothing starts.` }
    : { notBefore: found.until };
}
