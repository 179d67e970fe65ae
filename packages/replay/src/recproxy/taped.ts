import { type PlayedTape, type RecproxyOptions, recproxy } from './recproxy.ts';

type TestFunction<Context> = (context: Context, ...tapes: PlayedTape[]) => unknown;

/**
 * Wraps a test's function so that it runs with a tape in place of a server. Wrappers stack, for several servers:
 *
 *     test('sends', taped('https', 'api.twitter.com', 'send.rec', async (t) => { … }));
 *     test('both', taped('https', 'a.com', 'a.rec', taped('https', 'b.com', 'b.rec', async (t, a, b) => { … })));
 */
export function taped<Context>(
  scheme: 'http' | 'https',
  host: string,
  file: string,
  run: TestFunction<Context>,
  options?: RecproxyOptions,
): (context: Context, ...tapes: PlayedTape[]) => Promise<void> {
  return async (context, ...tapes) => {
    const tape = await recproxy(scheme, host, file, options);
    try {
      await run(context, ...tapes, tape);
    } catch (error) {
      await tape.stop().catch(() => {}); // the test's own failure tells more
      throw error;
    }
    await tape.stop();
  };
}
